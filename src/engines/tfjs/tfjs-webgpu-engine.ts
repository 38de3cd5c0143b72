import { FailureError } from '../../base/failure.js';
import type { Engine, EngineOptions } from '../engine.js';
import { createTfjsEngine } from './tfjs-engine.js';
import { createFusedPasses, fitsFusedPasses } from './webgpu/fused-passes.js';
import { engineOnWebgpu, webgpuBackend } from './webgpu/open-engine.js';
import type { WebgpuDevice } from './webgpu/webgpu-device.js';

/**
 * The engine `tfjs:webgpu` on a device of its own: in programs of our own that take a whole pass over all levels at
 * once. It loads nothing of TensorFlow.js, so that nothing of it is in the digest of its code.
 *
 * @throws FailureError `engine-unavailable` as `engineOnWebgpu`, and where the device is too small
 */
export async function createEngine(options: EngineOptions): Promise<Engine> {
  return await engineOnWebgpu('tfjs:webgpu', options, createWebgpuEngine);
}

/** The engine on `opened`, which stays open when it is closed. */
export async function createWebgpuEngine(opened: WebgpuDevice, options: EngineOptions): Promise<Engine> {
  if (!fitsFusedPasses(opened)) {
    throw new FailureError({
      reason: 'engine-unavailable',
      message: `tfjs:webgpu cannot compute on ${opened.name}: it is too small for the programs of kshot`,
      hint: '--engine tfjs:webgpu-plain computes there in operations of TensorFlow.js, --engine wasm on any machine',
    });
  }
  return createTfjsEngine(
    {
      ...webgpuBackend(opened),
      name: 'webgpu',
      createPasses: (shape) => createFusedPasses(opened, shape),
    },
    options,
  );
}
