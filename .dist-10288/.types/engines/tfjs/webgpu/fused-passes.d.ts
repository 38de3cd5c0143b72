import type { GruShape } from '../../../model/gru/gru-shape.js';
import type { Passes } from '../passes.js';
import { ComputeQueue } from './compute-queue.js';
import { type Lanes } from './forest-plan.js';
import type { WebgpuDevice } from './webgpu-device.js';
export interface FusedOptions {
    /** Whether to take each program's time, where the device has timestamps; it costs some. */
    readonly profile?: boolean;
    /** Rows that a workgroup takes at once; by default few or many as there are few trees or many. Never changes a bit. */
    readonly lanes?: Lanes;
}
export interface FusedPasses extends Passes {
    /** Counts what it does; a benchmark's business. */
    readonly queue: ComputeQueue;
}
/** Whether `opened` has room for what a workgroup of the programs keeps beside the device's memory. */
export declare function fitsFusedPasses({ device: { limits } }: WebgpuDevice): boolean;
/**
 * The passes on `opened`, which stays open when they are closed. A gradient is six dispatches and a Hessian-vector
 * product nine, whatever the number of tasks and levels. Sums have a fixed order, so that one device gives the same
 * bits again.
 */
export declare function createFusedPasses(opened: WebgpuDevice, modelShape: GruShape, options?: FusedOptions): FusedPasses;
