// The engine on any backend of TensorFlow.js: what the passes of `passes.ts` are put together to, for each call of the
// seam. Everything up to a reading is enqueued at once.
import { builtInShape } from '../../model/model-family.js';
import type { Engine, EngineOptions } from '../engine.js';
import { adaptAndRank } from './adapt-and-rank.js';
import { Device, type TfjsBackend } from './device/device.js';
import { lossGradient } from './loss-gradient.js';
import { metaGradient } from './meta-gradient.js';

/** The engine `tfjs:<backend>`. Closing it frees what it holds on the device, and leaves the backend as it is. */
export function createTfjsEngine(backend: TfjsBackend, { shape }: EngineOptions): Engine {
  const device = new Device(backend, builtInShape(shape));
  return {
    name: `tfjs:${backend.name}`,
    precision: 'float32',
    ...(backend.device === undefined ? {} : { device: backend.device }),
    metaGradient: async (parameters, tasks, hyper) => await metaGradient(device, parameters, tasks, hyper),
    adaptAndRank: async (parameters, tasks, hyper) => await adaptAndRank(device, parameters, tasks, hyper),
    lossGradient: async (parameters, pairs) => await lossGradient(device, parameters, pairs),
    async close() {
      device.close();
    },
  };
}
