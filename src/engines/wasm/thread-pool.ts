import { Worker } from 'node:worker_threads';
import { FailureError } from '../../base/failure.js';
import type { KernelForm } from './open-kernel.mjs';

/** What a thread is told to do: see `kernel.c`. */
export interface Order {
  readonly call: 'workOff' | 'addUp';
  readonly queue: number;
  readonly arena: number;
}

/** What every thread starts from, but for its control area. */
export interface ThreadData {
  readonly form: KernelForm;
  readonly memory: WebAssembly.Memory;
  readonly shape: readonly number[];
}

/** Threads that work on one shared memory. A thread that dies fails the call under way and every later one. */
export class ThreadPool {
  /** When every thread runs: before that, the memory must not grow (see `worker.mjs`). */
  readonly ready: Promise<void>;
  readonly #workers: readonly Worker[];
  readonly #waiting = new Map<Worker, { resolve: () => void; reject: (error: Error) => void }>();
  #failure: FailureError | undefined;
  #closed = false;

  constructor(data: ThreadData, controls: readonly number[]) {
    this.#workers = controls.map((control) => {
      const worker = new Worker(new URL('./worker.mjs', import.meta.url), {
        workerData: { ...data, control },
        // The process's own options are for its own program.
        execArgv: [],
      });
      worker.on('message', () => this.#settle(worker));
      worker.on('error', (cause) => this.#fail('a thread of the wasm engine failed', cause));
      worker.on('exit', (code) => {
        if (!this.#closed) this.#fail(`a thread of the wasm engine ended with code ${code}`, undefined);
      });
      return worker;
    });
    this.ready = this.#answers(this.#workers);
    // Whoever waits for it is told; nobody need wait.
    this.ready.catch(() => undefined);
  }

  /** Has thread `i` carry out `orders[i]`, which are within the memory's first `bytes`; done when all are. */
  async run(orders: readonly Order[], bytes: number): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    const workers = this.#workers.slice(0, orders.length);
    if (workers.length < orders.length) throw new Error(`thread ${workers.length} does not exist`);
    const answers = this.#answers(workers);
    for (const [index, worker] of workers.entries()) worker.postMessage({ ...orders[index], bytes });
    await answers;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
    this.#fail('the wasm engine was closed during a call', undefined);
  }

  /** The next message of each. */
  async #answers(workers: readonly Worker[]): Promise<void> {
    await Promise.all(
      workers.map(
        (worker) =>
          new Promise<void>((resolve, reject) => {
            this.#waiting.set(worker, { resolve, reject });
            // An idle engine does not keep the process alive; one at work does.
            worker.ref();
          }),
      ),
    );
  }

  #settle(worker: Worker): void {
    worker.unref();
    const waiting = this.#waiting.get(worker);
    this.#waiting.delete(worker);
    waiting?.resolve();
  }

  #fail(message: string, cause: unknown): void {
    this.#failure ??= new FailureError({
      reason: 'worker-crashed',
      message,
      hint: 'report it with the data: the engine had computed the same once more, on fresh threads',
      cause,
    });
    for (const { reject } of this.#waiting.values()) reject(this.#failure);
    this.#waiting.clear();
  }
}
