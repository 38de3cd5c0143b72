import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Failure } from '../../base/failure.js';
import { environmentFailure } from '../../base/failure-of-exception.js';
import { namesIn } from '../../base/files/folders.js';
import { leavesOf, type Tree } from '../../base/files/tree.js';
import { failed, type Result, success } from '../../base/result.js';
import type { Digest, Entry, ObjectReference } from '../entry.js';
import { digestsInJson } from '../references.js';
import type { Garbage, GarbageOptions, GarbagePlan } from '../upkeep.js';
import { beatFileOf } from './beat.js';
import { startBeating } from './beats.js';
import { listKeys, parseEntry, readEntry } from './entries.js';
import { isHold, removeSilentLock } from './hold-cache.js';
import { isDigest, type Layout } from './layout.js';
import { describeOwner } from './lock-owner.js';
import { acquireLock, inspectLock, releaseLock } from './locks.js';
import { type Measured, measureFiles } from './measure.js';
import { isHeard } from './silence.js';
import { keptIn } from './workspaces.js';

const weekSeconds = 7 * 24 * 3600;
const listenMilliseconds = 200;

/** What would be removed; changes nothing. */
export function planGarbage(layout: Layout, options: GarbageOptions): GarbagePlan {
  const before = Date.now() - (options.leftoverSeconds ?? weekSeconds) * 1000;
  const { lockedKeys, inUseBy } = locksIn(layout);

  const old = (found: Measured) => found.lastTouched <= before;
  const { garbage: quarantined, kept } = quarantine(layout, old);
  const leftovers = [...unclaimedPartials(layout, options.keptKeys, lockedKeys, old), ...quarantined];
  const garbage =
    inUseBy.length > 0 ? leftovers : [...unreached(layout, options.keptKeys, kept, old), ...leftovers];
  return { garbage, bytes: garbage.reduce((sum, { bytes }) => sum + bytes, 0), inUseBy };
}

/** Old workspaces that nobody works in. */
function* unclaimedPartials(
  layout: Layout,
  keptKeys: ReadonlySet<Digest>,
  lockedKeys: ReadonlySet<string>,
  old: (found: Measured) => boolean,
): Generator<Garbage> {
  for (const key of namesIn(layout.partial)) {
    if (lockedKeys.has(key)) continue;
    // State serves a run that is made again; what a failed step left is looked at soon, or never.
    const path = keptKeys.has(key) ? keptIn(join(layout.partial, key)) : join(layout.partial, key);
    if (!existsSync(path)) continue;
    const found = measureFiles(path);
    if (old(found)) yield { type: 'partial', path, bytes: found.bytes };
  }
}

/** Old files of the quarantine, and the entries in the others. */
function quarantine(
  layout: Layout,
  old: (found: Measured) => boolean,
): { readonly garbage: readonly Garbage[]; readonly kept: readonly Entry[] } {
  const garbage: Garbage[] = [];
  const kept: Entry[] = [];
  for (const name of namesIn(layout.quarantine)) {
    const path = join(layout.quarantine, name);
    const found = measureFiles(path);
    if (old(found)) garbage.push({ type: 'quarantine', path, bytes: found.bytes });
    else for (const entry of quarantinedEntry(path, name)) kept.push(entry);
  }
  return { garbage, kept };
}

/**
 * Removes what `planGarbage` finds while no key can be claimed, and says what went. Fails with `lock-foreign` or
 * `cache-unwritable`; the plan's `inUseBy` says why nothing but leftovers went.
 */
export async function collectGarbage(
  layout: Layout,
  options: GarbageOptions,
): Promise<Result<GarbagePlan, Failure>> {
  try {
    await listen(layout);
    const lock = acquireLock(layout.collectionLock, { overSilent: true });
    if (lock.type !== 'acquired') {
      return failed({
        reason: 'lock-foreign',
        message: `Garbage is already being collected by ${lock.owner === undefined ? 'somebody unknown' : describeOwner(lock.owner)}.`,
        hint:
          lock.type === 'foreign'
            ? `If it no longer runs, remove ${layout.collectionLock}.`
            : 'Wait for it. If it was killed on another host, the next collection that waits for a minute finds that out.',
      });
    }
    const beating = startBeating(beatFileOf(layout.collectionLock, lock.token), true);
    try {
      for (const { path } of claimsAndHolds(layout)) removeSilentLock(path);
      const plan = planGarbage(layout, options);
      for (const { path } of plan.garbage) rmSync(path, { recursive: true, force: true });
      return success(plan);
    } finally {
      beating.stop();
      releaseLock(layout.collectionLock, lock.token);
    }
  } catch (error) {
    const failure = environmentFailure(error, 'collecting garbage');
    if (failure === undefined) throw error;
    return failed(failure);
  }
}

/** Waits until each lock of another host is gone, or its owner was seen to live, or has been silent for too long. */
async function listen(layout: Layout): Promise<void> {
  const isOpen = (path: string) => {
    const lock = inspectLock(path);
    return lock?.type === 'busy' && lock.isElsewhere && !isHeard(path);
  };
  const paths = [layout.collectionLock, ...[...claimsAndHolds(layout)].map(({ path }) => path)];
  for (let open = paths.filter(isOpen); open.length > 0; open = open.filter(isOpen)) {
    await sleep(listenMilliseconds);
  }
}

function* claimsAndHolds(layout: Layout): Generator<{ readonly name: string; readonly path: string }> {
  for (const name of namesIn(layout.locks)) {
    if (isDigest(name) || isHold(name)) yield { name, path: layout.lock(name) };
  }
}

function locksIn(layout: Layout): { lockedKeys: ReadonlySet<string>; inUseBy: readonly string[] } {
  const lockedKeys = new Set<string>();
  const inUseBy = new Set<string>();
  for (const { name, path } of claimsAndHolds(layout)) {
    const lock = inspectLock(path);
    if (lock === undefined || lock.type === 'dead' || lock.type === 'silent') continue;
    if (isDigest(name)) lockedKeys.add(name);
    inUseBy.add(lock.owner === undefined ? `somebody unknown (${path})` : describeOwner(lock.owner));
  }
  return { lockedKeys, inUseBy: [...inUseBy] };
}

/** Entries and objects that the kept keys do not reach, and files that a killed process was writing. */
function* unreached(
  layout: Layout,
  keptKeys: ReadonlySet<Digest>,
  setAside: readonly Entry[],
  old: (found: Measured) => boolean,
): Generator<Garbage> {
  const { keys, objects } = reach(layout, keptKeys, setAside);
  for (const key of listKeys(layout)) {
    const path = layout.entry(key);
    if (!keys.has(key)) yield { type: 'entry', path, bytes: measureFiles(path).bytes };
  }
  for (const { path } of filesIn(layout.steps)) yield* unfinished(path, old);
  for (const { path, name } of filesIn(layout.objects)) {
    if (!isDigest(name)) yield* unfinished(path, old);
    else if (!objects.has(name)) yield { type: 'object', path, bytes: measureFiles(path).bytes };
  }
}

/** The files in the folders of a folder, by name with that of their folder before it. */
function* filesIn(root: string): Generator<{ readonly path: string; readonly name: string }> {
  for (const shard of namesIn(root)) {
    for (const file of namesIn(join(root, shard)))
      yield { path: join(root, shard, file), name: shard + file };
  }
}

/** The file, where it is one that nobody writes any more. */
function* unfinished(path: string, old: (found: Measured) => boolean): Generator<Garbage> {
  if (!path.endsWith('.tmp')) return;
  const found = measureFiles(path);
  if (old(found)) yield { type: 'unfinished', path, bytes: found.bytes };
}

/** The kept entries, those that made their inputs, and so on; and all objects that these name. */
function reach(
  layout: Layout,
  keptKeys: ReadonlySet<Digest>,
  setAside: readonly Entry[],
): { keys: ReadonlySet<Digest>; objects: ReadonlySet<Digest> } {
  const { kept, producers } = entriesIn(layout, keptKeys);
  const waiting: Entry[] = [...setAside, ...kept];
  const keys = new Set<Digest>();
  const objects = new Set<Digest>();
  const quarantined = new Set(setAside);
  for (let entry = waiting.pop(); entry !== undefined; entry = waiting.pop()) {
    if (keys.has(entry.key)) continue;
    if (!quarantined.has(entry)) keys.add(entry.key);
    for (const digest of digestsOf(entry.outputs)) objects.add(digest);
    // Manifests of code are named in the pre-image only.
    for (const digest of digestsInJson(entry.preimage)) objects.add(digest);
    for (const digest of digestsOf(entry.inputs)) {
      objects.add(digest);
      for (const producer of producers.get(digest) ?? []) waiting.push(producer);
      producers.delete(digest);
    }
  }
  return { keys, objects };
}

/** The entries of the kept keys; of all entries those that made each object. */
function entriesIn(layout: Layout, keptKeys: ReadonlySet<Digest>) {
  const kept: Entry[] = [];
  const producers = new Map<Digest, Entry[]>();
  for (const key of listKeys(layout)) {
    const entry = readEntry(layout, key);
    if (entry === undefined) continue;
    if (keptKeys.has(key)) kept.push(entry);
    for (const digest of digestsOf(entry.outputs)) {
      const others = producers.get(digest);
      if (others === undefined) producers.set(digest, [entry]);
      else others.push(entry);
    }
  }
  return { kept, producers };
}

function* digestsOf(trees: { readonly [port: string]: Tree<ObjectReference> }): Generator<Digest> {
  for (const tree of Object.values(trees)) for (const { leaf } of leavesOf(tree)) yield leaf.digest;
}

/** An entry that was set aside because its computation gave other bytes the next time. */
function quarantinedEntry(path: string, name: string): readonly Entry[] {
  const key = name.slice(0, 64);
  if (!isDigest(key) || !/\.(recorded|recomputed)\./.test(name)) return [];
  const entry = parseEntry(readFileSync(path, 'utf8'), key);
  return entry === undefined ? [] : [entry];
}
