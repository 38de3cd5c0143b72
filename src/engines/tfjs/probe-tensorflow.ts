import type { EngineProbe } from '../engine.js';
import { installedVersions, packageFolder } from '../installed-version.js';
import { faultMend, gradientFault } from './check-gradient.js';
import { loadTensorflow } from './load-tensorflow.js';
import { tensorflowDevice } from './tensorflow-device.js';
import { createEngine } from './tfjs-tensorflow-engine.js';

const packageName = '@tensorflow/tfjs-node-gpu';
const install = `npm install ${packageName}, on a network that reaches storage.googleapis.com, where it gets libtensorflow; it wants CUDA 11 and cuDNN 8`;

/** Loads TensorFlow, which starts CUDA, and sees whether a GPU computes what it should. */
export async function probeTensorflow(): Promise<EngineProbe> {
  const versions = installedVersions([packageName]);
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    return {
      available: false,
      why: `there is no ${packageName} for ${process.platform} on ${process.arch}`,
      mend: '--engine tfjs:webgpu computes on any GPU',
      versions,
    };
  }
  if (packageFolder(packageName) === undefined) {
    return { available: false, why: `the package ${packageName} is not installed`, mend: install, versions };
  }
  try {
    const loaded = await loadTensorflow();
    const fault = loaded.usesGpu ? await gradientFault(createEngine) : undefined;
    if (fault !== undefined) {
      return {
        available: false,
        why: `${tensorflowDevice(loaded).device}: ${fault}`,
        mend: faultMend,
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
      mend: install,
      versions,
    };
  }
}
