import { type BufferPool, type Lease } from './buffer-pool.js';
import { type Call, type Program } from './program.js';
import { type WebgpuDevice } from './webgpu-device.js';
/** A piece of a buffer of float32 numbers, counted in numbers. */
export interface BufferSpan {
    readonly from: Lease;
    readonly offset: number;
    readonly length: number;
}
/** What ran since the counters were last reset. */
export interface ComputeCounters {
    readonly dispatches: number;
    readonly submits: number;
    readonly bytesAllocated: number;
    readonly buffers: number;
    /** By program: how often it ran and, where the device has timestamps and `profile` is on, for how long. */
    readonly programs: ReadonlyMap<string, {
        readonly dispatches: number;
        readonly nanoseconds: number;
    }>;
}
/**
 * Records programs into as few submissions as can be: one for each upload or read, and at most `callsPerSubmit` calls.
 * Programs run in the order in which they were recorded, each after all before it.
 */
export declare class ComputeQueue {
    #private;
    readonly pool: BufferPool;
    constructor(opened: WebgpuDevice, options?: {
        readonly profile?: boolean;
    });
    get counters(): ComputeCounters;
    resetCounters(): void;
    /** Writes `data` to the start of a buffer, after all that was recorded. */
    upload({ buffer }: Lease, data: Int32Array | Float32Array): void;
    /** Records `program` over `x * y` workgroups. `buffers` are in the order of the program's bindings. */
    dispatch(program: Program, buffers: readonly Lease[], call: Call, x: number, y?: number): void;
    /**
     * Runs all that was recorded, reads `spans` in one transfer, and takes back every buffer on loan, all before the
     * first wait, so that the next series of calls may begin at once. Throws what went wrong on the device.
     */
    read(spans: readonly BufferSpan[]): Promise<readonly Float32Array[]>;
    close(): void;
}
