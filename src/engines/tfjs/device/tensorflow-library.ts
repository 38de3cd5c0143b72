import { join } from 'node:path';
import { lookAt } from '../../../base/files/look-at.js';
import { packageFolder } from '../../installed-version.js';

/** The optional package, which comes with no library: its installation fetches one, or `scripts/tensorflow-library.mjs`. */
export const tensorflowPackage = '@tensorflow/tfjs-node-gpu';

/** Other whenever the package in `folder` may load another library than before, or finds one at last. */
export function libraryLook(folder: string | undefined = packageFolder(tensorflowPackage)): string {
  if (folder === undefined) return 'not installed';
  const places = ['lib/napi-v8/tfjs_binding.node', 'deps/lib', 'deps/nvidia'];
  return JSON.stringify(places.map((place) => lookAt(join(folder, place))));
}

/** What a version of the library wants of NVIDIA, for people: the package's own is 2.9, the script's 2.15. */
export function wantedCuda(version: string): string {
  return version.startsWith('2.9.') ? 'CUDA 11.2 and cuDNN 8.1' : 'CUDA 12.2 and cuDNN 8.9';
}
