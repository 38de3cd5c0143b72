import { type ChildProcess, fork } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { Failure } from '../../base/failure.js';
import { builtFile } from '../../base/files/built-file.js';
import { killProcessGroup } from '../../base/process-group.js';
import { failed, type Result, success } from '../../base/result.js';
import { killProcessesOf } from '../../base/step-processes.js';
import { type GpuDevice, gpuEnvironment } from '../../engines/gpu-devices.js';
import type { Executed, ExecuteRequest, ExecutionListener } from '../executor.js';
import { asSentFigures } from '../figures.js';
import { runCancelled } from '../run-cancelled.js';
import { lastLinesOf, StepLog } from '../step-log.js';
import type { WorkerMessage, WorkerRequest } from './worker-messages.js';

/** How long cancelled bodies have to end by themselves. */
const graceMilliseconds = 1_000;
/** How long the last output of a dead worker is waited for; something it started may hold its pipe open. */
const drainMilliseconds = 300;
/** Signals that a process gets for what it does itself; any other comes from outside. */
const ownSignals: ReadonlySet<string> = new Set([
  'SIGABRT',
  'SIGBUS',
  'SIGFPE',
  'SIGILL',
  'SIGSEGV',
  'SIGSYS',
  'SIGTRAP',
]);

/** Where nodes are executed: in processes of their own, or in this one. */
export interface NodePool {
  /** How many processes were started so far. */
  readonly startedCount: number;
  /**
   * Runs one node. Never rejects: a process that dies is a failure, `worker-killed` where something outside the run
   * ended it.
   */
  execute(request: ExecuteRequest, listener: ExecutionListener): Promise<Result<Executed, Failure>>;
  /** Asks what runs to end, and ends it after a second. Nothing can be executed afterwards. */
  cancel(): Promise<void>;
  /** Ends everything that was started; resolves when it is gone. */
  close(): Promise<void>;
  /** Frees what idle processes hold of the devices' memory. */
  retire(gpus: readonly GpuDevice[]): Promise<void>;
}

interface Running {
  readonly request: ExecuteRequest;
  readonly listener: ExecutionListener;
  readonly settle: (result: Result<Executed, Failure>) => void;
  /** Process groups that the body started. */
  readonly groups: Set<number>;
}

interface WorkerProcess {
  readonly child: ChildProcess;
  /** The devices that it sees; a driver keeps those that it was loaded with. */
  readonly gpus: readonly GpuDevice[];
  running?: Running;
}

/**
 * Child processes that execute nodes, kept from one to the next. As many are started as are ever busy at once:
 * the caller bounds that.
 */
export class WorkerPool implements NodePool {
  private readonly module: URL;
  private readonly onGpus: (gpus: readonly GpuDevice[], processId: number) => void;
  private readonly workers = new Set<WorkerProcess>();
  private readonly idle: WorkerProcess[] = [];
  private started = 0;
  private closed = false;

  /**
   * `module` is what a worker process starts with; tests give their own kinds this way. `onGpus` is told which
   * process was started for which devices.
   */
  constructor(
    module: URL = builtFile('run/local/worker.js'),
    onGpus: (gpus: readonly GpuDevice[], processId: number) => void = () => {},
  ) {
    this.module = module;
    this.onGpus = onGpus;
  }

  /** How many processes were started so far. */
  get startedCount(): number {
    return this.started;
  }

  /**
   * Runs one node in a process of its own for that time. Never rejects: a process that dies is a failure,
   * `worker-killed` where something outside the run ended it.
   */
  execute(request: ExecuteRequest, listener: ExecutionListener): Promise<Result<Executed, Failure>> {
    if (this.closed) return Promise.resolve(failed(runCancelled));
    const worker = this.takeIdle(request.gpus) ?? this.start(request.gpus);
    return new Promise((settle) => {
      worker.running = { request, listener, settle, groups: new Set() };
      send(worker, { type: 'execute', ...request });
    });
  }

  /** Asks what runs to end, and ends it after a second. Nothing can be executed afterwards. */
  async cancel(): Promise<void> {
    const busy = [...this.workers].filter((worker) => worker.running !== undefined);
    this.closed = true;
    for (const worker of busy) send(worker, { type: 'cancel' });
    const deadline = performance.now() + graceMilliseconds;
    while (busy.some((worker) => worker.running !== undefined) && performance.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await this.close();
  }

  /** Ends every process and what it started; resolves when they are gone. */
  async close(): Promise<void> {
    this.closed = true;
    await endAll([...this.workers]);
  }

  /** Ends the idle processes that see any of the devices, which frees what they hold of the devices' memory. */
  async retire(gpus: readonly GpuDevice[]): Promise<void> {
    const given = new Set(gpus.map(({ id }) => id));
    const workers = this.idle.filter((worker) => worker.gpus.some(({ id }) => given.has(id)));
    for (const worker of workers) removeFrom(this.idle, worker);
    await endAll(workers);
  }

  private takeIdle(gpus: readonly GpuDevice[]): WorkerProcess | undefined {
    const wanted = namesOf(gpus);
    const index = this.idle.findLastIndex((worker) => namesOf(worker.gpus) === wanted);
    return index < 0 ? undefined : this.idle.splice(index, 1)[0];
  }

  private start(gpus: readonly GpuDevice[]): WorkerProcess {
    this.started++;
    const child = fork(this.module, [String(process.pid)], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      execArgv: [],
      ...(gpus.length === 0 ? {} : { env: { ...process.env, ...gpuEnvironment(gpus) } }),
      // A group of its own: ctrl-C in a terminal reaches kshot alone, which then decides.
      detached: true,
    });
    const worker: WorkerProcess = { child, gpus };
    this.workers.add(worker);
    if (gpus.length > 0 && child.pid !== undefined) this.onGpus(gpus, child.pid);
    child.on('message', (message: WorkerMessage) => this.receive(worker, message));
    // With an `error` no `exit` may follow: the process could not be started, or not be written to.
    child.on('error', (cause) =>
      this.end(worker, 'worker-crashed', `could not be reached: ${cause.message}`),
    );
    child.on('exit', (code, signal) => {
      killGroups(worker.running);
      const how = signal === null ? `ended by itself with exit code ${code}` : `was ended by ${signal}`;
      const fromOutside = signal !== null && !ownSignals.has(signal) && !this.closed;
      const settle = () => this.end(worker, fromOutside ? 'worker-killed' : 'worker-crashed', how);
      const timer = setTimeout(settle, drainMilliseconds);
      child.once('close', () => {
        clearTimeout(timer);
        settle();
      });
    });
    // Piped, because the options say so. Bodies' own output goes to the log in the worker; this is what the
    // runtime itself says, such as that memory ran out.
    keepOutput(child.stdout!, worker);
    keepOutput(child.stderr!, worker);
    return worker;
  }

  private receive(worker: WorkerProcess, message: WorkerMessage): void {
    const { running } = worker;
    if (running === undefined) return;
    switch (message.type) {
      case 'process-group':
        running.groups.add(message.processId);
        return;
      case 'progress':
        running.listener.progress(asSentFigures(message.progress));
        return;
      case 'log':
        running.listener.log(message.line);
        return;
      case 'note':
        running.listener.note(message.line);
        return;
      case 'finished':
      case 'failed': {
        delete worker.running;
        this.idle.push(worker);
        if (message.type === 'failed') running.settle(failed(message.failure));
        else {
          const { outputs, device } = message;
          running.settle(success({ outputs, ...(device === undefined ? {} : { device }) }));
        }
      }
    }
  }

  private end(worker: WorkerProcess, reason: Failure['reason'], how: string): void {
    if (!this.workers.delete(worker)) return;
    removeFrom(this.idle, worker);
    const { running } = worker;
    delete worker.running;
    kill(worker.child);
    running?.settle(failed(crash(running.request, reason, how)));
  }
}

/** Ends processes and what they started; resolves when they are gone. */
async function endAll(workers: readonly WorkerProcess[]): Promise<void> {
  await Promise.all(
    workers.map(async ({ child, running }) => {
      const gone =
        child.exitCode === null && child.signalCode === null
          ? new Promise((resolve) => child.once('exit', resolve))
          : undefined;
      killGroups(running);
      kill(child);
      await gone;
    }),
  );
}

function namesOf(gpus: readonly GpuDevice[]): string {
  return gpus.map(({ id }) => id).join(',');
}

function removeFrom<Element>(list: Element[], element: Element): void {
  const index = list.indexOf(element);
  if (index >= 0) list.splice(index, 1);
}

function crash({ node, logFile }: ExecuteRequest, reason: Failure['reason'], how: string): Failure {
  return {
    reason,
    message: `the process that ran ${node} ${how}`,
    details: lastLinesOf(logFile),
    hint: 'a SIGKILL or SIGABRT that nobody sent often means that memory ran out',
  };
}

function send({ child }: WorkerProcess, request: WorkerRequest): void {
  // An error of sending means that the process is gone, which `exit` tells.
  if (child.connected) child.send(request, () => {});
}

function kill(child: ChildProcess): void {
  if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
    killProcessGroup(child.pid, 'SIGKILL');
  }
}

function killGroups(running: Running | undefined): void {
  if (running === undefined || running.groups.size === 0) return;
  for (const group of running.groups) killProcessGroup(group, 'SIGKILL');
  killProcessesOf(running.request.scratchFolder);
}

function keepOutput(stream: Readable, worker: WorkerProcess): void {
  stream.on('data', (chunk: Uint8Array) => {
    if (worker.running === undefined) return;
    const log = new StepLog(worker.running.request.logFile);
    log.write(chunk);
    log.close();
  });
}
