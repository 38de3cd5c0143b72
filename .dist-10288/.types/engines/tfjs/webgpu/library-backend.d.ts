import { type WebgpuDevice } from './webgpu-device.js';
/**
 * Sets TensorFlow.js up to compute on `opened` in its own programs, which is what the portable passes need; gives what
 * takes it away again. The library looks for a browser's classes and constants among the globals and finds them there
 * from then on; of `navigator` it only wants to see once that it knows of GPUs.
 */
export declare function registerLibraryBackend(opened: WebgpuDevice): Promise<() => void>;
