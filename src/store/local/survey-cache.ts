import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { namesIn } from '../../base/files/folders.js';
import type { Store } from '../store.js';
import { listKeys, readEntry } from './entries.js';
import { isDigest, layoutOf } from './layout.js';
import { describeOwner } from './lock-owner.js';
import { inspectLock } from './locks.js';
import { measureFiles } from './measure.js';

/** What a cache holds and how it looks, by names and sizes; no object's bytes are read. */
export interface CacheSurvey {
  readonly entries: number;
  readonly objects: number;
  /** Of everything in the cache. */
  readonly bytes: number;
  /** Entries with an output that is missing or of another size than recorded: their steps run again. */
  readonly incomplete: number;
  /** Files in the place of entries that hold none that this version can read. */
  readonly unreadable: number;
  /** Keys that were begun and not finished. */
  readonly partial: { readonly count: number; readonly bytes: number };
  /** What turned out to be bad and was kept aside. */
  readonly quarantine: { readonly count: number; readonly bytes: number };
  readonly locks: {
    /** Who computes now: host and process. */
    readonly live: readonly string[];
    /** Of processes of this host that are gone; the next claim takes them over. */
    readonly dead: number;
    /** Files of locks of other hosts, of which nothing can be known from here. */
    readonly foreign: readonly { readonly path: string; readonly owner: string }[];
  };
}

/** Looks at every name in the cache once; changes nothing. */
export function surveyCache(store: Pick<Store, 'folder' | 'isComplete'>): CacheSurvey {
  const layout = layoutOf(store.folder);
  let entries = 0;
  let incomplete = 0;
  let unreadable = 0;
  for (const key of listKeys(layout)) {
    const entry = readEntry(layout, key);
    if (entry === undefined) unreadable += 1;
    else {
      entries += 1;
      if (!store.isComplete(entry)) incomplete += 1;
    }
  }
  let objects = 0;
  for (const shard of namesIn(layout.objects)) {
    for (const name of namesIn(join(layout.objects, shard))) if (isDigest(shard + name)) objects += 1;
  }
  // Folders that are kept empty for the next key are nobody's.
  const begun = namesIn(layout.partial).filter(isDigest);
  const sizeOf = (folder: string, names: readonly string[]) =>
    names.reduce((sum, name) => sum + measureFiles(join(folder, name)).bytes, 0);
  const quarantined = namesIn(layout.quarantine);
  return {
    entries,
    objects,
    bytes:
      lstatSync(layout.folder, { throwIfNoEntry: false }) === undefined
        ? 0
        : measureFiles(layout.folder).bytes,
    incomplete,
    unreadable,
    partial: { count: begun.length, bytes: sizeOf(layout.partial, begun) },
    quarantine: { count: quarantined.length, bytes: sizeOf(layout.quarantine, quarantined) },
    locks: surveyLocks(layout.locks),
  };
}

function surveyLocks(folder: string): CacheSurvey['locks'] {
  const live = new Set<string>();
  const foreign: { path: string; owner: string }[] = [];
  let dead = 0;
  for (const name of namesIn(folder)) {
    const path = join(folder, name);
    const lock = inspectLock(path);
    if (lock === undefined) continue;
    const owner = lock.owner === undefined ? 'somebody unknown' : describeOwner(lock.owner);
    if (lock.type === 'busy') live.add(owner);
    else if (lock.type === 'dead') dead += 1;
    else foreign.push({ path, owner });
  }
  return { live: [...live], dead, foreign };
}
