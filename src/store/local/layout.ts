import { join } from 'node:path';
import { sha256 } from '../../base/canonical.js';
import type { Digest } from '../entry.js';

/** Where everything of a cache is, below its folder (absolute). */
export interface Layout {
  readonly folder: string;
  readonly objects: string;
  readonly steps: string;
  readonly partial: string;
  readonly locks: string;
  readonly quarantine: string;
  /** Digests of files outside the cache, by what `stat` says of them; `stat-index.ts` reads and writes it. */
  readonly statIndex: string;
  /** Which GPU engines were found to work here; `engines/kept-probes.ts` reads and writes it. */
  readonly engineProbes: string;
  /** Versions of interpreters, by what `stat` says of them; `pipeline/interpreter-versions.ts` reads and writes it. */
  readonly interpreters: string;
  /** What Python programs import, by what `stat` says of all that was looked at; `pipeline/imports/` reads and writes it. */
  readonly traces: string;
  /** Objects that remote caches do not have right; `store/remote/lost-objects.ts` reads and writes it. */
  readonly remoteLost: string;
  /** Held by garbage collection, which excludes every claim. */
  readonly collectionLock: string;
  object(digest: Digest): string;
  entry(key: Digest): string;
  lock(key: Digest): string;
  /** Who uses a device of a host. */
  deviceLock(host: string, device: string): string;
  /** Resumable state and the workspaces of one key. */
  partialOf(key: Digest): string;
}

export function layoutOf(folder: string): Layout {
  const below = (name: string) => join(folder, name);
  return {
    folder,
    objects: below('objects'),
    steps: below('steps'),
    partial: below('partial'),
    locks: below('locks'),
    quarantine: below('quarantine'),
    statIndex: below('stat-index.json'),
    engineProbes: below('engine-probes.json'),
    interpreters: below('interpreters.json'),
    traces: below('traces.json'),
    remoteLost: below('remote-lost.json'),
    collectionLock: below('locks/collection'),
    // Concatenated, not joined: planning asks for tens of thousands.
    object: (digest) => `${folder}/objects/${digest.slice(0, 2)}/${digest.slice(2)}`,
    entry: (key) => `${folder}/steps/${key.slice(0, 2)}/${key}.json`,
    lock: (key) => `${folder}/locks/${key}`,
    deviceLock: (host, device) => `${folder}/locks/gpu-${sha256(host).slice(0, 12)}-${fileNameOf(device)}`,
    partialOf: (key) => `${folder}/partial/${key}`,
  };
}

/** Whether a name is a digest, so that nothing else ever becomes part of a path. */
export function isDigest(text: unknown): text is Digest {
  return typeof text === 'string' && /^[0-9a-f]{64}$/.test(text);
}

/** A name with nothing in it that means something in a path. */
function fileNameOf(name: string): string {
  return name.replace(/[^\w-]/g, '_');
}
