import { faultRemedy, gradientFault } from '../../check-gradient.js';
import type { EngineProbe } from '../../engine.js';
import { installedVersions } from '../../installed-version.js';
import { installing } from '../../probe-engine.js';
import { engines } from '../../registry.js';
import { createEngine } from '../tfjs-tensorflow-engine.js';
import { loadTensorflow } from './load-tensorflow.js';
import { tensorflowDevice } from './tensorflow-device.js';

const packageName = '@tensorflow/tfjs-node-gpu';

/** Loads TensorFlow, which starts CUDA, and sees whether a GPU computes what it should. */
export async function probeTensorflow(): Promise<EngineProbe> {
  const versions = installedVersions([packageName]);
  const engine = engines['tfjs:tensorflow'];
  try {
    const loaded = await loadTensorflow();
    const fault = loaded.usesGpu ? await gradientFault(createEngine) : undefined;
    if (fault !== undefined) {
      return {
        available: false,
        why: `${tensorflowDevice(loaded).device}: ${fault}`,
        remedy: faultRemedy,
        versions,
      };
    }
    return {
      available: true,
      ...tensorflowDevice(loaded),
      ...(loaded.usesGpu ? {} : { software: true }),
      versions: { ...versions, libtensorflow: loaded.version },
    };
  } catch (error) {
    const message = error instanceof Error ? error.message.split('\n')[0] : String(error);
    return {
      available: false,
      why: `the package ${packageName} does not load: ${message}`,
      ...(engine === undefined ? {} : { remedy: installing(engine) }),
      versions,
    };
  }
}
