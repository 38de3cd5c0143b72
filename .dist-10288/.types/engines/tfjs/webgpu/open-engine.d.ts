import type { Engine, EngineOptions } from '../../engine.js';
import type { DeviceLimits, TfjsBackend } from '../device/device.js';
import { type WebgpuDevice } from './webgpu-device.js';
/**
 * An engine on a device of its own, which is closed with it.
 *
 * @param create makes it on the device, which it leaves open
 * @throws FailureError `engine-unavailable` where there is no device, or only a program that may not stand in for one
 */
export declare function engineOnWebgpu(name: string, options: EngineOptions, create: (opened: WebgpuDevice, options: EngineOptions) => Promise<Engine>): Promise<Engine>;
/** What an engine's backend is known by, whatever its passes are made of. */
export declare function webgpuBackend(opened: WebgpuDevice): Pick<TfjsBackend, 'device' | 'limits'>;
/** What the engine may take of a device. WebGPU does not tell how much memory there is; a task takes about ten megabytes. */
export declare function webgpuLimits({ device: { limits } }: WebgpuDevice): DeviceLimits;
