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
export declare class ThreadPool {
    #private;
    /** When every thread runs: before that, the memory must not grow (see `worker.mjs`). */
    readonly ready: Promise<void>;
    constructor(data: ThreadData, controls: readonly number[]);
    /** Has thread `i` carry out `orders[i]`, which are within the memory's first `bytes`; done when all are. */
    run(orders: readonly Order[], bytes: number): Promise<void>;
    close(): Promise<void>;
}
