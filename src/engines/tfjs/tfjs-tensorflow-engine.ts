import { FailureError } from '../../base/failure.js';
import type { Engine, EngineOptions } from '../engine.js';
import { withDeviceFailures } from './device/device-failures.js';
import { loadTensorflow } from './device/load-tensorflow.js';
import { tensorflowDevice } from './device/tensorflow-device.js';
import { wantedCuda } from './device/tensorflow-library.js';
import { PlainPasses } from './plain/plain-passes.js';
import { createTfjsEngine } from './tfjs-engine.js';

const gibibyte = 2 ** 30;

/**
 * The engine `tfjs:tensorflow`, on the GPU that CUDA shows this process (`CUDA_VISIBLE_DEVICES`).
 *
 * @throws FailureError `engine-unavailable` where TensorFlow does not load, or finds no GPU and may not do without
 */
export async function createEngine(options: EngineOptions): Promise<Engine> {
  const loaded = await loadTensorflow().catch((cause: unknown): never => {
    throw new FailureError({
      reason: 'engine-unavailable',
      message: `TensorFlow does not load: ${cause instanceof Error ? cause.message : String(cause)}`,
      hint: 'kshot doctor says what is missing; --engine wasm computes on any machine',
    });
  });
  const { device, driver } = tensorflowDevice(loaded, options.gpuIndex);
  if (!loaded.usesGpu && options.allowSoftware !== true) {
    throw new FailureError({
      reason: 'engine-unavailable',
      message: `TensorFlow ${loaded.version} finds no GPU here`,
      hint: `it wants NVIDIA’s driver, ${wantedCuda(loaded.version)}, and to be built with CUDA (kshot doctor names what is missing); --engine tfjs:webgpu computes on any GPU, --engine wasm on any machine`,
    });
  }
  const named = [
    device,
    driver === undefined ? undefined : `driver ${driver}`,
    `TensorFlow ${loaded.version}`,
  ];
  const engine = createTfjsEngine(
    {
      name: 'tensorflow',
      device: named.filter((part) => part !== undefined).join(', '),
      // It does not tell how much memory there is; a task takes megabytes.
      limits: { memoryBytes: 4 * gibibyte, bufferBytes: gibibyte },
      createPasses: (shape) => new PlainPasses(shape),
    },
    options,
  );
  return withDeviceFailures(engine);
}
