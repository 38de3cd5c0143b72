import { FailureError } from '../../../base/failure.js';
import type { Engine, EngineOptions } from '../../engine.js';
import type { DeviceLimits, TfjsBackend } from '../device/device.js';
import { withDeviceFailures } from '../device/device-failures.js';
import { openWebgpu, type WebgpuDevice, WebgpuUnavailableError } from './webgpu-device.js';

const gibibyte = 2 ** 30;

/**
 * An engine on a device of its own, which is closed with it.
 *
 * @param create makes it on the device, which it leaves open
 * @throws FailureError `engine-unavailable` where there is no device, or only a program that may not stand in for one
 */
export async function engineOnWebgpu(
  name: string,
  options: EngineOptions,
  create: (opened: WebgpuDevice, options: EngineOptions) => Promise<Engine>,
): Promise<Engine> {
  const opened = await openFor(name, options);
  const engine = await create(opened, options);
  return {
    ...withDeviceFailures(engine, opened.check),
    async close() {
      await engine.close();
      await opened.close();
    },
  };
}

/** What an engine's backend is known by, whatever its passes are made of. */
export function webgpuBackend(opened: WebgpuDevice): Pick<TfjsBackend, 'device' | 'limits'> {
  return {
    device: opened.software ? `${opened.name}, software` : opened.name,
    limits: webgpuLimits(opened),
  };
}

/** What the engine may take of a device. WebGPU does not tell how much memory there is; a task takes about ten megabytes. */
export function webgpuLimits({ device: { limits } }: WebgpuDevice): DeviceLimits {
  return {
    memoryBytes: 4 * gibibyte,
    // The pool rounds sizes up by a quarter at most.
    bufferBytes: 0.8 * Math.min(limits.maxBufferSize, limits.maxStorageBufferBindingSize),
  };
}

async function openFor(
  name: string,
  { gpuIndex, allowSoftware = false }: Pick<EngineOptions, 'gpuIndex' | 'allowSoftware'>,
): Promise<WebgpuDevice> {
  try {
    return await openWebgpu({ allowSoftware, ...(gpuIndex === undefined ? {} : { deviceIndex: gpuIndex }) });
  } catch (error) {
    if (!(error instanceof WebgpuUnavailableError)) throw error;
    if (gpuIndex !== undefined && gpuIndex > 0) {
      // Dawn tells devices apart by name: of two of the same model it can open the first alone.
      console.warn(`${error.message}; computing on the first GPU`);
      return await openFor(name, { allowSoftware });
    }
    throw new FailureError({
      reason: 'engine-unavailable',
      message: `${name} cannot compute here: ${error.message}`,
      hint: 'kshot doctor says what is missing; --engine wasm computes on any machine',
    });
  }
}
