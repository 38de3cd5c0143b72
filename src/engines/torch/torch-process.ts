import { type ChildProcess, spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { type Failure, FailureError } from '../../base/failure.js';
import { isJsonObject, type JsonObject } from '../../base/json.js';
import { type Arrays, encodeFrame, type Frame, FrameReader } from './frames.js';

/** Importing PyTorch takes seconds, on a machine with other work and a cold disk many. */
const startMilliseconds = 120_000;
/** Lines of what a process said last, for the message that it has ended. */
const mostLastLines = 12;

/** The program, and what it imports. */
const workerFiles = [
  new URL('../../../python/kshot_torch.py', import.meta.url),
  new URL('../../../python/kshot_torch_module.py', import.meta.url),
  new URL('../../../python/kshot_torch_contract.py', import.meta.url),
  new URL('../../../python/kshot_torch_refusal.py', import.meta.url),
] as const;

/**
 * Threads of OpenMP, GNU's and Intel's, that wait for one another without taking the processor: the products are small,
 * and on a machine with other work threads that spin make it many times slower.
 */
const waitingAsleep = { OMP_WAIT_POLICY: 'PASSIVE', KMP_BLOCKTIME: '0' };

interface Waiting {
  resolve(frame: Frame): void;
  reject(error: FailureError): void;
}

/** What a process says of itself. */
export interface TorchFacts {
  /** Version of PyTorch. */
  readonly torch: string;
  readonly python: string;
  /** The interpreter that computes, absolute. */
  readonly executable: string;
  /** The folder of the virtual environment that this is the interpreter of, if any. */
  readonly environment?: string;
  /** Version of CUDA (or ROCm), and the GPU, where PyTorch sees one. */
  readonly cuda?: string;
  readonly device?: string;
}

/**
 * A Python process that computes with PyTorch, python/kshot_torch.py. It ends with this process. One that is idle does not
 * keep this process alive.
 */
export class TorchProcess {
  readonly interpreter: string;
  /** A line of what it printed. */
  log: (line: string) => void = () => undefined;
  readonly #child: ChildProcess;
  readonly #waiting: Waiting[] = [];
  #lastLines: string[] = [];
  #failure: FailureError | undefined;

  constructor(interpreter: string) {
    this.interpreter = interpreter;
    const script = fileURLToPath(workerFiles[0]);
    this.#child = spawn(interpreter, [script], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...waitingAsleep, ...process.env, PYTHONUNBUFFERED: '1', PYTHONDONTWRITEBYTECODE: '1' },
    });
    const frames = new FrameReader();
    // Piped, because the options say so; likewise below.
    this.#child.stdout!.on('data', (chunk: Uint8Array) => {
      for (const frame of frames.push(chunk)) this.#settle(frame);
    });
    this.#readLines();
    this.#child.stdin!.on('error', () => undefined);
    this.#child.on('error', (cause) => {
      const failure = this.#child.pid === undefined ? notStarted(interpreter, cause) : undefined;
      this.#end(`could not be reached: ${cause.message}`, failure);
    });
    this.#child.on('close', (code, signal) => {
      this.#end(signal === null ? `ended by itself with exit code ${code}` : `was ended by ${signal}`);
    });
    this.#hold(false);
  }

  /** Whether it can be sent anything more. */
  get isAlive(): boolean {
    return this.#failure === undefined;
  }

  /**
   * Sends a request, and gives the answer.
   *
   * @throws FailureError what the process refused with, or how it ended
   */
  async call(header: JsonObject, arrays: Arrays = {}): Promise<Frame> {
    if (this.#failure !== undefined) throw this.#failure;
    const answer = new Promise<Frame>((resolve, reject) => this.#waiting.push({ resolve, reject }));
    this.#hold(true);
    for (const piece of encodeFrame({ header, arrays })) this.#child.stdin!.write(piece);
    const frame = await answer;
    const { refused } = frame.header;
    if (isJsonObject(refused)) throw new FailureError(this.#refusal(refused));
    return frame;
  }

  /** What it computes with; the first answer, which it gives when PyTorch is loaded. */
  async describe(): Promise<TorchFacts> {
    const timer = setTimeout(
      () => this.#end(`has not answered for ${startMilliseconds / 1000} seconds`),
      startMilliseconds,
    );
    try {
      return (await this.call({ call: 'describe' })).header as unknown as TorchFacts;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Whoever takes it next is told nothing of what it printed before. */
  forgetLines(): void {
    this.log = () => undefined;
    this.#lastLines = [];
  }

  end(): void {
    this.#end('was ended');
  }

  #settle(frame: Frame): void {
    const waiting = this.#waiting.shift();
    this.#hold(this.#waiting.length > 0);
    waiting?.resolve(frame);
  }

  #end(how: string, failure?: Failure): void {
    if (this.#failure !== undefined) return;
    this.#failure = new FailureError(
      failure ?? {
        reason: 'worker-crashed',
        message: `the process that computes with PyTorch (${this.interpreter}) ${how}`,
        details: this.#lastLines,
        hint: 'a SIGKILL that nobody sent often means that memory ran out; kshot doctor says whether PyTorch works here',
      },
    );
    this.#child.kill('SIGKILL');
    for (const { reject } of this.#waiting.splice(0)) reject(this.#failure);
  }

  #refusal({ reason, message, missing, wanted, trace }: JsonObject): Failure {
    const said = String(message);
    switch (reason) {
      case 'no-torch':
        return {
          reason: 'engine-unavailable',
          message:
            missing === true
              ? `${this.interpreter} has no PyTorch`
              : `PyTorch of ${this.interpreter} cannot be imported: ${said}`,
          hint: torchRemedy,
        };
      case 'old-torch':
        return {
          reason: 'engine-unavailable',
          message: `PyTorch of ${this.interpreter} is too old: ${said}, and the engine wants ${wanted === undefined ? '1.13 or later' : wanted}`,
          hint: torchRemedy,
        };
      case 'out-of-memory':
        return { reason: 'device-out-of-memory', message: `the device has no memory left: ${said}` };
      case 'device-lost':
        return {
          reason: 'device-lost',
          message: `the device was lost: ${said}`,
          hint: 'the driver has reset it, or it was taken away; run again, what is done is kept',
        };
      case 'module':
        return {
          reason: 'step-failed',
          message: said,
          hint: 'docs/own-model.md says what a model of your own has to keep to',
          details: this.#lastLines,
        };
      default:
        return {
          reason: 'bug',
          message: `the engine torch failed: ${said}`,
          details: Array.isArray(trace) ? trace.map(String) : this.#lastLines,
        };
    }
  }

  #readLines(): void {
    let open = '';
    this.#child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      const lines = `${open}${text}`.split('\n');
      open = lines.pop() ?? '';
      for (const line of lines) {
        this.#lastLines = [...this.#lastLines, line].slice(-mostLastLines);
        this.log(line);
      }
    });
  }

  /** Whether this process is to wait for it. */
  #hold(isBusy: boolean): void {
    const { stdin, stdout, stderr } = this.#child;
    // Pipes of a child are sockets.
    for (const one of [this.#child, stdin, stdout, stderr] as (ChildProcess & Socket)[]) {
      if (isBusy) one.ref();
      else one.unref();
    }
  }
}

/** What can be done where there is no PyTorch that the engine can use. */
export const torchRemedy =
  'pip install torch into its environment, or name one that has it: --python, or python: in kshot.yaml; --engine wasm computes the built-in GRU without';

function notStarted(interpreter: string, cause: Error): Failure {
  return {
    reason: 'engine-unavailable',
    message: `${interpreter}, which is to compute with PyTorch, cannot be started: ${cause.message}`,
    hint: torchRemedy,
  };
}

/** Processes that nobody uses now: starting one takes longer than what many steps compute. */
const idle: TorchProcess[] = [];

/** A process of this interpreter, to be handed back; one that was started before where there is one. */
export function takeProcess(interpreter: string): TorchProcess {
  const found = idle.findIndex((one) => one.interpreter === interpreter);
  const [process] = found < 0 ? [] : idle.splice(found, 1);
  return process?.isAlive === true ? process : new TorchProcess(interpreter);
}

export function handBack(process: TorchProcess): void {
  process.forgetLines();
  if (process.isAlive) idle.push(process);
}
