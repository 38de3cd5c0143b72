import type { Engine, EngineOptions } from '../engine.js';
import { PlainPasses } from './plain/plain-passes.js';
import { createTfjsEngine } from './tfjs-engine.js';
import { registerLibraryBackend } from './webgpu/library-backend.js';
import { engineOnWebgpu, webgpuBackend } from './webgpu/open-engine.js';
import type { WebgpuDevice } from './webgpu/webgpu-device.js';

/**
 * The engine `tfjs:webgpu-plain` on a device of its own: in the library's operations, a level at a time. It is for
 * devices that the programs of `tfjs:webgpu` do not fit on, and to compare with.
 *
 * @throws FailureError `engine-unavailable` as `engineOnWebgpu`
 */
export async function createEngine(options: EngineOptions): Promise<Engine> {
  return await engineOnWebgpu('tfjs:webgpu-plain', options, createPlainWebgpuEngine);
}

/** The engine on `opened`, which stays open when it is closed. */
export async function createPlainWebgpuEngine(opened: WebgpuDevice, options: EngineOptions): Promise<Engine> {
  const takeAway = await registerLibraryBackend(opened);
  const engine = createTfjsEngine(
    { ...webgpuBackend(opened), name: 'webgpu-plain', createPasses: (shape) => new PlainPasses(shape) },
    options,
  );
  return {
    ...engine,
    async close() {
      await engine.close();
      takeAway();
    },
  };
}
