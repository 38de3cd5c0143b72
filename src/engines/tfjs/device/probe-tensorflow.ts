import { faultRemedy, gradientFault } from '../../check-gradient.js';
import type { EngineProbe } from '../../engine.js';
import { installedVersions } from '../../installed-version.js';
import { installing } from '../../probe-engine.js';
import { engines } from '../../registry.js';
import { createEngine } from '../tfjs-tensorflow-engine.js';
import { loadTensorflow } from './load-tensorflow.js';
import { tensorflowDevice } from './tensorflow-device.js';
import { tensorflowPackage } from './tensorflow-library.js';

/** Loads TensorFlow, which starts CUDA, and sees whether a GPU computes what it should. */
export async function probeTensorflow(): Promise<EngineProbe> {
  const versions = installedVersions([tensorflowPackage]);
  const engine = engines['tfjs:tensorflow'];
  // Has its log name the libraries of CUDA that it does not find, which 2.15 keeps to itself.
  process.env['TF_CPP_VMODULE'] ??= 'dso_loader=1';
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
      why: `the package ${tensorflowPackage} does not load: ${message}`,
      ...(engine === undefined ? {} : { remedy: installing(engine) }),
      versions,
    };
  }
}
