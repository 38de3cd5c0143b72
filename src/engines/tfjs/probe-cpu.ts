import type { EngineProbe } from '../engine.js';
import { installedVersions } from '../installed-version.js';

/** Its packages are required ones, so it is there wherever kshot is. */
export function probeCpu(): EngineProbe {
  return { available: true, versions: installedVersions(['@tensorflow/tfjs-core']) };
}
