import { readFileSync } from 'node:fs';
import type { Digest } from '../store/entry.js';
import { builtFile } from './built-file.js';

/**
 * What the build found of the code: for each kind and each engine a manifest that lists its modules, assets and
 * packages with their digests, and the manifest's own digest.
 */
export interface CodeDigests {
  readonly kinds: { readonly [kind: string]: CodeDigest };
  readonly engines: { readonly [engine: string]: CodeDigest };
}

export interface CodeDigest {
  /** sha256 of `manifest`: what enters the key. */
  readonly digest: Digest;
  /** Lines `<path or package@version> <sha256>`, sorted; kept as an object in the store for `explain`. */
  readonly manifest: string;
}

/** Reads `dist/code-digests.json`, which the build writes. */
export function readCodeDigests(): CodeDigests {
  return JSON.parse(readFileSync(builtFile('code-digests.json'), 'utf8')) as CodeDigests;
}
