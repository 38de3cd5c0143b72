import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import type { Engine, EngineOptions } from '../engine.js';
import { PlainPasses } from './plain/plain-passes.js';
import { createTfjsEngine } from './tfjs-engine.js';

const gibibyte = 2 ** 30;

/** The engine `tfjs:cpu`: slow, and the same arithmetic as on a GPU; what the passes are tested on. */
export async function createEngine(options: EngineOptions): Promise<Engine> {
  // Else the backend advises against itself on the console.
  tf.enableProdMode();
  await tf.setBackend('cpu');
  return createTfjsEngine(
    {
      name: 'cpu',
      limits: { memoryBytes: gibibyte, bufferBytes: gibibyte },
      createPasses: (shape) => new PlainPasses(shape),
    },
    options,
  );
}
