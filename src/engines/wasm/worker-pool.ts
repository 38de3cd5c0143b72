import { Worker } from 'node:worker_threads';
import { FailureError } from '../../base/failure.js';

/** What a thread is told to do: see `kernel.as`. */
export interface Order {
  readonly call: 'workOff' | 'addUp';
  readonly queue: number;
  readonly arena: number;
}

/** What every thread starts from, but for its control area. */
export interface ThreadData {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly shape: readonly number[];
}

/** Threads that work on one shared memory. A thread that dies fails the call under way and every later one. */
export class WorkerPool {
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
      // An idle engine does not keep the process alive; one at work does.
      worker.unref();
      return worker;
    });
  }

  /** Has thread `i` carry out `orders[i]`; done when all are. */
  async run(orders: readonly Order[]): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    await Promise.all(
      orders.map((order, index) => {
        const worker = this.#workers[index];
        if (worker === undefined) throw new Error(`thread ${index} does not exist`);
        return new Promise<void>((resolve, reject) => {
          this.#waiting.set(worker, { resolve, reject });
          worker.ref();
          worker.postMessage(order);
        });
      }),
    );
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
    this.#fail('the wasm engine was closed during a call', undefined);
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
      hint: 'run again; if it happens again with the same data, report it with the data',
      cause,
    });
    for (const { reject } of this.#waiting.values()) reject(this.#failure);
    this.#waiting.clear();
  }
}
