import { describe, expect, it } from 'vitest';
import { FailureError } from '../../../src/base/failure.js';
import type { EngineOptions } from '../../../src/engines/engine.js';
import { probeInProcess } from '../../../src/engines/probe-in-process.js';
import { loadTensorflow } from '../../../src/engines/tfjs/device/load-tensorflow.js';
import { createEngine } from '../../../src/engines/tfjs/tfjs-tensorflow-engine.js';
import { describeEngine } from '../conformance.js';

// Else it tells of the processor.
process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '1';
const loaded = await loadTensorflow().catch((error: unknown) =>
  error instanceof Error ? (error.message.split('\n')[0] ?? error.name) : String(error),
);

if (typeof loaded === 'string') {
  console.warn(
    `skipping the engine tfjs:tensorflow, whose library CONTRIBUTING.md says how to get: ${loaded}`,
  );
  describe.skip(`engine tfjs:tensorflow: ${loaded}`, () => {
    it('is not tested here', () => {});
  });
} else {
  describeEngine({
    name: 'tfjs:tensorflow',
    createEngine: (options: EngineOptions) => createEngine({ ...options, allowSoftware: true }),
    tolerance: 1e-5,
  });

  it('a process that looks finds what loads here', async () => {
    expect(await probeInProcess('tfjs:tensorflow')).toMatchObject({
      available: true,
      versions: { libtensorflow: loaded.version },
    });
  });

  it.skipIf(loaded.usesGpu)(
    'computes on the CPU only where that is asked for, and says what CUDA it wants',
    async () => {
      const shape = { items: 5, embedding: 2, hidden: 3 };
      const thrown = await createEngine({ shape, threads: 1 }).catch((error: unknown) => error);
      expect(thrown instanceof FailureError ? thrown.failure : undefined).toMatchObject({
        reason: 'engine-unavailable',
        message: `TensorFlow ${loaded.version} finds no GPU here`,
        hint: expect.stringMatching(/driver, CUDA 1[12]\.2 and cuDNN 8\.[19], /),
      });
    },
  );
}
