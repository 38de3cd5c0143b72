import type { Task } from '../../data/pair-set.js';
import type { Device } from './device/device.js';
import { type PackedForests } from './packed-forests.js';
/** Tasks with a weight vector each. */
export interface PackedTasks {
    readonly tasks: readonly Task[];
    readonly support: PackedForests;
    readonly query: PackedForests;
}
/**
 * Tasks in as few parts as fit on the device, each packed. While the support set is stepped on, `vectorsKept` vectors and
 * `evaluationsKept` evaluations of each task are held at once.
 */
export declare function packInParts(device: Device, tasks: readonly Task[], vectorsKept: number, evaluationsKept: number): readonly PackedTasks[];
