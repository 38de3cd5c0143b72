import type { Engine, EngineOptions } from '../engine.js';
import type { WebgpuDevice } from './webgpu/webgpu-device.js';
/**
 * The engine `tfjs:webgpu-plain` on a device of its own: in the library's operations, a level at a time. It is for
 * devices that the programs of `tfjs:webgpu` do not fit on, and to compare with.
 *
 * @throws FailureError `engine-unavailable` as `engineOnWebgpu`
 */
export declare function createEngine(options: EngineOptions): Promise<Engine>;
/** The engine on `opened`, which stays open when it is closed. */
export declare function createPlainWebgpuEngine(opened: WebgpuDevice, options: EngineOptions): Promise<Engine>;
