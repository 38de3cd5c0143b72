import { FailureError } from '../../base/failure.js';
import type { Engine, EngineOptions } from '../engine.js';
import { installedVersions } from '../installed-version.js';
import type { DeviceLimits } from './device.js';
import { withDeviceFailures } from './device-failures.js';
import { createTfjsEngine } from './tfjs-engine.js';
import { createFusedPasses, fitsFusedPasses } from './webgpu/fused-passes.js';
import { openWebgpu, type WebgpuDevice, WebgpuUnavailableError } from './webgpu/webgpu-device.js';

const gibibyte = 2 ** 30;
/** What the plain form is written with. */
const plainPackages = ['@tensorflow/tfjs-core', '@tensorflow/tfjs-backend-webgpu'];

/**
 * How to compute: in programs of our own that take a whole pass over all levels at once, or in the library's operations,
 * a level at a time. The second is for devices that the first does not fit on, and to compare with.
 */
export type WebgpuForm = 'fused' | 'plain';

/**
 * The engine `tfjs:webgpu` on a device of its own.
 *
 * @throws FailureError `engine-unavailable` where there is no device, or only a program that may not stand in for one
 */
export async function createEngine(options: EngineOptions): Promise<Engine> {
  const opened = await openFor(options);
  const engine = await createWebgpuEngine(opened, options);
  return {
    ...withDeviceFailures(engine, opened.check),
    async close() {
      await engine.close();
      await opened.close();
    },
  };
}

async function openFor({
  gpuIndex,
  allowSoftware = false,
}: Pick<EngineOptions, 'gpuIndex' | 'allowSoftware'>): Promise<WebgpuDevice> {
  try {
    return await openWebgpu({ allowSoftware, ...(gpuIndex === undefined ? {} : { deviceIndex: gpuIndex }) });
  } catch (error) {
    if (!(error instanceof WebgpuUnavailableError)) throw error;
    if (gpuIndex !== undefined && gpuIndex > 0) {
      // Dawn tells devices apart by name: of two of the same model it can open the first alone.
      console.warn(`${error.message}; computing on the first GPU`);
      return await openFor({ allowSoftware });
    }
    throw new FailureError({
      reason: 'engine-unavailable',
      message: `tfjs:webgpu cannot compute here: ${error.message}`,
      hint: 'kshot doctor says what is missing; --engine wasm computes on any machine',
    });
  }
}

/** What the engine may take of a device. WebGPU does not tell how much memory there is; a task takes about ten megabytes. */
export function webgpuLimits({ device: { limits } }: WebgpuDevice): DeviceLimits {
  return {
    memoryBytes: 4 * gibibyte,
    // The pool rounds sizes up by a quarter at most.
    bufferBytes: 0.8 * Math.min(limits.maxBufferSize, limits.maxStorageBufferBindingSize),
  };
}

/** The engine on `opened`, which stays open when it is closed. */
export async function createWebgpuEngine(
  opened: WebgpuDevice,
  options: EngineOptions,
  form: WebgpuForm = fitsFusedPasses(opened) ? 'fused' : 'plain',
): Promise<Engine> {
  const backend = {
    name: 'webgpu',
    device: opened.software ? `${opened.name}, software` : opened.name,
    limits: webgpuLimits(opened),
  };
  if (form === 'fused') {
    return createTfjsEngine(
      { ...backend, createPasses: (shape) => createFusedPasses(opened, shape) },
      options,
    );
  }
  const installed = installedVersions(plainPackages);
  const missing = plainPackages.filter((name) => installed[name] === undefined);
  if (missing.length > 0) {
    throw new FailureError({
      reason: 'engine-unavailable',
      message: `tfjs:webgpu cannot compute on ${opened.name}: it is too small for the programs of kshot, and the packages of the other ones are not installed`,
      hint: `npm install ${missing.join(' ')}`,
    });
  }
  const [{ registerLibraryBackend }, { PlainPasses }] = await Promise.all([
    import('./webgpu/library-backend.js'),
    import('./plain/plain-passes.js'),
  ]);
  const takeAway = await registerLibraryBackend(opened);
  const engine = createTfjsEngine({ ...backend, createPasses: (shape) => new PlainPasses(shape) }, options);
  return {
    ...engine,
    async close() {
      await engine.close();
      takeAway();
    },
  };
}
