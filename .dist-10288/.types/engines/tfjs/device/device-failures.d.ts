import { type Failure } from '../../../base/failure.js';
import type { Engine } from '../../engine.js';
/**
 * An engine whose calls end with the failures `device-out-of-memory` and `device-lost` where its backend throws, or
 * `check` finds, what stands for them. `check` is called after every computation: a device may fail without a throw.
 */
export declare function withDeviceFailures(engine: Engine, check?: () => void): Engine;
/**
 * What an error of TensorFlow or Dawn says of the device, where it is about the device: by the status of TensorFlow
 * (8 is `RESOURCE_EXHAUSTED`), and by the words of Dawn, of Vulkan and of CUDA.
 */
export declare function deviceFailure(error: unknown, device: string): Failure | undefined;
