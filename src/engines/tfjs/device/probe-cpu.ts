import type { EngineProbe } from '../../engine.js';
import { installedVersions } from '../../installed-version.js';

/** It needs no device. */
export function probeCpu(): EngineProbe {
  return { available: true, versions: installedVersions(['@tensorflow/tfjs-core']) };
}
