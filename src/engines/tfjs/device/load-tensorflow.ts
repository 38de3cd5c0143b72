import { createRequire } from 'node:module';
import * as tf from '@tensorflow/tfjs-core';

/** What TensorFlow found when it was loaded. */
export interface LoadedTensorflow {
  /** Whether it computes on a GPU; without a driver or CUDA it falls back to the CPU by itself. */
  readonly usesGpu: boolean;
  /** Of libtensorflow. */
  readonly version: string;
}

/** As much of the backend as tells where it computes. */
interface NodeBackend {
  readonly isUsingGpuDevice: boolean;
  readonly binding: { readonly TF_Version: string };
}

/**
 * Loads the optional package and makes its backend, `tensorflow`, the one in use.
 *
 * @throws what the package throws where its library is missing or does not load
 */
export async function loadTensorflow(): Promise<LoadedTensorflow> {
  restoreRemovedTests();
  // Else it takes nearly all of the device's memory at once.
  process.env['TF_FORCE_GPU_ALLOW_GROWTH'] ??= 'true';
  await import('@tensorflow/tfjs-node-gpu');
  await tf.setBackend('tensorflow');
  const { isUsingGpuDevice, binding } = tf.backend() as unknown as NodeBackend;
  return { usesGpu: isUsingGpuDevice, version: binding.TF_Version };
}

/**
 * Gives Node's `util` back the tests of types that Node 23 removed and that the package calls.
 *
 * @see https://nodejs.org/api/deprecations.html#DEP0051 and its neighbours
 */
export function restoreRemovedTests(): void {
  const util = createRequire(import.meta.url)('node:util') as { [name: string]: unknown };
  util['isNullOrUndefined'] ??= (value: unknown) => value === null || value === undefined;
  util['isArray'] ??= Array.isArray;
}
