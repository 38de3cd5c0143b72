import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { namesIn } from '../../base/files/folders.js';
import type { CacheSurvey } from '../upkeep.js';
import { beatSuffix } from './beat.js';
import { listKeys, readEntry } from './entries.js';
import { isDigest, type Layout } from './layout.js';
import { describeOwner } from './lock-owner.js';
import { inspectLock } from './locks.js';
import { measureFiles } from './measure.js';
import type { Objects } from './objects.js';

/** Looks at every name in the cache once; changes nothing. */
export function surveyCache(layout: Layout, objects: Pick<Objects, 'hasOutputs'>): CacheSurvey {
  let entries = 0;
  let incomplete = 0;
  let unreadable = 0;
  for (const key of listKeys(layout)) {
    const entry = readEntry(layout, key);
    if (entry === undefined) unreadable += 1;
    else {
      entries += 1;
      if (!objects.hasOutputs(entry)) incomplete += 1;
    }
  }
  let objectCount = 0;
  for (const shard of namesIn(layout.objects)) {
    for (const name of namesIn(join(layout.objects, shard))) if (isDigest(shard + name)) objectCount += 1;
  }
  // Folders that are kept empty for the next key are nobody's, and what is under way has not been left.
  const begun = namesIn(layout.partial).filter(
    (name) => isDigest(name) && inspectLock(layout.lock(name))?.type !== 'busy',
  );
  const sizeOf = (folder: string, names: readonly string[]) =>
    names.reduce((sum, name) => sum + measureFiles(join(folder, name)).bytes, 0);
  const quarantined = namesIn(layout.quarantine);
  return {
    entries,
    objects: objectCount,
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
  const elsewhere = new Set<string>();
  const foreign: { path: string; owner: string }[] = [];
  let dead = 0;
  for (const name of namesIn(folder).filter((one) => !one.endsWith(beatSuffix))) {
    const path = join(folder, name);
    const lock = inspectLock(path);
    if (lock === undefined) continue;
    const owner = lock.owner === undefined ? 'somebody unknown' : describeOwner(lock.owner);
    if (lock.type === 'dead') dead += 1;
    else if (lock.type === 'foreign') foreign.push({ path, owner });
    else if (lock.type === 'silent' || lock.isElsewhere) elsewhere.add(owner);
    else live.add(owner);
  }
  return { live: [...live], elsewhere: [...elsewhere], dead, foreign };
}
