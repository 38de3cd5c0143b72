import type { Engine, EngineOptions } from '../engine.js';
import type { WebgpuDevice } from './webgpu/webgpu-device.js';
/**
 * The engine `tfjs:webgpu` on a device of its own: in programs of our own that take a whole pass over all levels at
 * once. It loads nothing of TensorFlow.js, so that nothing of it is in the digest of its code.
 *
 * @throws FailureError `engine-unavailable` as `engineOnWebgpu`, and where the device is too small
 */
export declare function createEngine(options: EngineOptions): Promise<Engine>;
/** The engine on `opened`, which stays open when it is closed. */
export declare function createWebgpuEngine(opened: WebgpuDevice, options: EngineOptions): Promise<Engine>;
