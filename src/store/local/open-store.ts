import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { digestTree } from '../../base/canonical.js';
import { type Failure, FailureError } from '../../base/failure.js';
import { environmentFailure, rethrowAsFailure } from '../../base/failure-of-exception.js';
import { writeFileAtomic } from '../../base/files/atomic-file.js';
import { checkedJson } from '../../base/files/checked-json.js';
import { folderObstacle, makeFolder } from '../../base/files/folders.js';
import { leavesOf, mapTree, type Tree } from '../../base/files/tree.js';
import { own } from '../../base/own-properties.js';
import { failed, type Result, success } from '../../base/result.js';
import type { Digest, Entry, ObjectReference } from '../entry.js';
import type { Claim, ClaimOptions, LocalStore, StagedFile, Workspace } from '../store.js';
import { beatFileOf } from './beat.js';
import { startBeating } from './beats.js';
import { collectGarbage, planGarbage } from './collect-garbage.js';
import { claimDevice } from './device-claims.js';
import { lookOfEntry, readEntries, readEntry, writeEntry } from './entries.js';
import { holdCache } from './hold-cache.js';
import { isDigest, type Layout, layoutOf } from './layout.js';
import { describeOwner } from './lock-owner.js';
import { acquireLock, inspectLock, isLockOf, type OwnLock, releaseLock, type TakenLock } from './locks.js';
import { type Objects, openObjects } from './objects.js';
import { setAside } from './set-aside.js';
import { openStatIndex } from './stat-index.js';
import { surveyCache } from './survey-cache.js';
import { verifyCache } from './verify-cache.js';
import {
  abandonWorkspace,
  closeWorkspace,
  jobFolderIn,
  leaveWorkspace,
  makeWorkspace,
  tokenOf,
} from './workspaces.js';

type Outputs<Leaf> = { readonly [port: string]: Tree<Leaf> };

/**
 * Opens the cache in `folder`. Nothing is written before something is claimed or stored, so a cache that is not
 * there yet or may not be written can be opened and planned against. Throws a `FailureError` (`cache-unwritable`)
 * where something else than a folder is in its place.
 *
 * `claim`, `claimDevice` and `putText` throw a `FailureError` (`disk`, `cache-unwritable`) where the environment refuses.
 */
export async function openStore(folder: string): Promise<LocalStore> {
  const layout = layoutOf(resolve(folder));
  for (const place of [
    folder,
    layout.objects,
    layout.steps,
    layout.partial,
    layout.locks,
    layout.quarantine,
  ]) {
    const obstacle = folderObstacle(place);
    if (obstacle !== undefined) throw new FailureError(obstacle);
  }
  const objects = openObjects(layout);
  const statIndex = openStatIndex(layout);
  /** While a run uses the cache, of which keys' locks are other names. */
  let ownLock: OwnLock | undefined;
  /** How entries looked that were there when their keys were claimed: they may be replaced, and no others. */
  const replaceable = new WeakMap<Workspace, string>();

  return {
    folder: layout.folder,
    readEntry: async (key) => readEntry(layout, key),
    find: async (key) => {
      const entry = readEntry(layout, key);
      return entry !== undefined && objects.hasOutputs(entry) ? entry : undefined;
    },
    objectPath: objects.path,
    verify: objects.verify,
    bring: async () => true,
    exchanged: async () => undefined,
    sizeOf: objects.sizeOf,
    fileToAdopt(digest) {
      try {
        return objects.temporaryFile(digest);
      } catch (error) {
        rethrowAsFailure(error, `fetching object ${digest.slice(0, 12)}`);
      }
    },
    adoptObject: (file) => adoptObject(objects, file),
    adoptEntry(entry) {
      try {
        const look = lookOfEntry(layout, entry.key);
        const known = readEntry(layout, entry.key);
        // One that is whole stands, whoever it is of.
        if (known === undefined || !objects.hasOutputs(known)) writeEntry(layout, entry, look);
      } catch (error) {
        if (environmentFailure(error, 'keeping an entry') === undefined) throw error;
      }
    },
    async claim(key, options = {}) {
      const claimed = await claim(layout, key, ownLock, options);
      if (claimed.type === 'claimed') {
        const look = lookOfEntry(layout, key);
        if (look !== undefined) replaceable.set(claimed.workspace, look);
      }
      return claimed;
    },
    takerOf: async (workspace) => takerOf(layout, workspace),
    claimDevice: (device) => claimDevice(layout, device),
    commit: async (workspace, entry, outputs) =>
      commit(layout, objects, { workspace, mayReplace: replaceable.get(workspace) }, entry, outputs),
    release: async (workspace, keepScratch = false) => release(layout, workspace, keepScratch),
    digestFile: statIndex.digestFile,
    saveIndex: async () => statIndex.save(),
    putText: objects.putText,
    getText: async (digest) => objects.readText(digest),
    entries: async function* () {
      yield* readEntries(layout);
    },
    hold: async () => {
      const { lock, close } = await holdCache(layout);
      ownLock = lock;
      return {
        close() {
          ownLock = undefined;
          close();
        },
      };
    },
    survey: async () => surveyCache(layout, objects),
    async verifyAll() {
      // What a collection removes meanwhile, on whatever host, would look like damage.
      const { close } = await holdCache(layout);
      try {
        return await verifyCache(layout, objects);
      } finally {
        close();
      }
    },
    planGarbage: async (options) => planGarbage(layout, options),
    collectGarbage: (options) => collectGarbage(layout, options),
  };
}

function adoptObject(objects: Objects, file: StagedFile): void {
  const doing = `keeping object ${file.digest.slice(0, 12)}`;
  try {
    const failure = objects.adopt(file);
    if (failure !== undefined)
      throw new FailureError({ ...failure, message: `${doing}: ${failure.message}` });
  } catch (error) {
    rethrowAsFailure(error, doing);
  }
}

async function claim(
  layout: Layout,
  key: Digest,
  ownLock: OwnLock | undefined,
  { startsOver = false, isJobGone = async () => true }: ClaimOptions,
): Promise<Claim> {
  if (!isDigest(key)) throw new FailureError({ reason: 'bug', message: `${key} is no key` });
  const path = layout.lock(key);
  try {
    let attempt = acquireLock(path, { like: ownLock });
    if (attempt.type === 'silent') {
      const jobFolder = jobFolderIn(layout.partialOf(key));
      if (!existsSync(jobFolder) || (await isJobGone(jobFolder)))
        attempt = acquireLock(path, { like: ownLock, overSilent: true });
    }
    if (attempt.type !== 'acquired') return refusal(attempt, path);

    // Garbage collection looks for claims after it took its lock; this looks for its lock after claiming, so
    // that one of the two sees the other.
    const collection = inspectLock(layout.collectionLock);
    if (collection !== undefined && collection.type !== 'dead' && collection.type !== 'silent') {
      releaseLock(path, attempt.token);
      return refusal(collection, layout.collectionLock);
    }
    const { token, takenFrom } = attempt;
    const beating = startBeating(beatFileOf(path, token));
    try {
      const isTakenOver = takenFrom !== undefined;
      const workspace = makeWorkspace(layout, key, token, beating, { startsOver, isTakenOver });
      return { type: 'claimed', workspace, ...(isTakenOver ? { takenFrom: describeOwner(takenFrom) } : {}) };
    } catch (error) {
      beating.stop();
      releaseLock(path, token);
      throw error;
    }
  } catch (error) {
    rethrowAsFailure(error, `claiming ${key.slice(0, 12)}`);
  }
}

function refusal(found: TakenLock, path: string): Claim {
  if (found.type !== 'foreign') return { type: 'busy', owner: describeOwner(found.owner) };
  const owner = found.owner === undefined ? 'somebody unknown' : describeOwner(found.owner);
  return {
    type: 'foreign',
    failure: {
      reason: 'lock-foreign',
      message: `The cache is locked by ${owner}, and from here nobody can tell whether that still runs.`,
      hint: `If no kshot uses this cache there any more, remove ${path} and run again.`,
    },
  };
}

/** Undefined while the workspace's lock is its own. */
function takerOf(layout: Layout, workspace: Workspace): string | undefined {
  const path = layout.lock(workspace.key);
  if (isLockOf(path, tokenOf(workspace))) return undefined;
  const owner = inspectLock(path)?.owner;
  return owner === undefined ? 'somebody who has finished' : describeOwner(owner);
}

/** A workspace, and the look of the entry of its key that may be replaced. */
interface Claimed {
  readonly workspace: Workspace;
  readonly mayReplace: string | undefined;
}

function commit(
  layout: Layout,
  objects: Objects,
  claimed: Claimed,
  facts: Omit<Entry, 'outputs'>,
  staged: Outputs<StagedFile>,
): Result<Entry, Failure> {
  const { workspace } = claimed;
  const outputs: Outputs<ObjectReference> = Object.fromEntries(
    Object.entries(staged).map(([port, tree]) => [
      port,
      mapTree(tree, ({ digest, bytes }) => ({ digest, bytes })),
    ]),
  );
  const entry: Entry = { ...facts, outputs };
  let published: Result<Entry, Failure>;
  try {
    const failure = objects.publish(filesIn(staged));
    published = failure === undefined ? publishEntry(layout, entry, claimed) : failed(failure);
  } catch (error) {
    release(layout, workspace);
    const failure = environmentFailure(error, `publishing ${entry.key.slice(0, 12)}`);
    if (failure === undefined) throw error;
    return failed(failure);
  }
  if (!published.ok) {
    release(layout, workspace);
    return published;
  }
  workspace.beating.stop();
  // Whoever has taken the key over meanwhile finds the entry, and needs its own folders until then.
  if (takerOf(layout, workspace) !== undefined) leaveWorkspace(workspace);
  else closeWorkspace(layout, workspace);
  releaseLock(layout.lock(workspace.key), tokenOf(workspace));
  return published;
}

/** Writes the entry where the key is the workspace's still, and nobody else has published meanwhile. */
function publishEntry(
  layout: Layout,
  entry: Entry,
  { workspace, mayReplace }: Claimed,
): Result<Entry, Failure> {
  for (;;) {
    const taker = takerOf(layout, workspace);
    if (taker !== undefined) return failed(claimLost(taker));
    const difference = compareWithRecorded(layout, entry, workspace);
    if (difference !== undefined) return failed(difference);
    if (writeEntry(layout, entry, mayReplace)) return success(entry);
    // By an owner that counted as dead and had only to put it in its place: it has come first.
    const other = readEntry(layout, entry.key);
    if (other !== undefined) return success(other);
    setAside(layout, layout.entry(entry.key), `${entry.key}.json`);
  }
}

function claimLost(taker: string): Failure {
  return {
    reason: 'claim-lost',
    message: `Nothing was heard of this process for a minute, so its step was taken over by ${taker}.`,
    hint: 'Run again: what is there by then is taken.',
  };
}

function* filesIn(staged: Outputs<StagedFile>): Generator<StagedFile> {
  for (const tree of Object.values(staged)) for (const { leaf } of leavesOf(tree)) yield leaf;
}

/** Sets both entries aside where a deterministic computation gave something else than is recorded. */
function compareWithRecorded(layout: Layout, entry: Entry, workspace: Workspace): Failure | undefined {
  if (!entry.facts.deterministic) return undefined;
  const recorded = readEntry(layout, entry.key);
  if (recorded === undefined) return undefined;

  const ports = [...new Set([...Object.keys(recorded.outputs), ...Object.keys(entry.outputs)])].sort();
  const differences = ports.flatMap((port) => {
    const [before, after] = [own(recorded.outputs, port), own(entry.outputs, port)].map((tree) =>
      tree === undefined ? 'absent' : digestTree(tree),
    );
    return before === after ? [] : [`${port}: recorded ${before}, now ${after}`];
  });
  if (differences.length === 0) return undefined;

  const quarantined = join(layout.quarantine, `${entry.key}.recomputed.${basename(workspace.folder)}`);
  makeFolder(layout.quarantine);
  writeFileAtomic(quarantined, checkedJson(entry));
  setAside(layout, layout.entry(entry.key), `${entry.key}.recorded`);
  // State from which this run went on may be what was wrong.
  closeWorkspace(layout, workspace);
  return {
    reason: 'not-deterministic',
    message: `${entry.facts.kind} was computed again from the same inputs and gave other bytes.`,
    hint: `Both results are kept in ${layout.quarantine}; the next run computes afresh. A command that cannot repeat its bytes must not say \`deterministic: true\`.`,
    details: differences,
  };
}

function release(layout: Layout, workspace: Workspace, keepScratch = false): string | undefined {
  workspace.beating.stop();
  if (takerOf(layout, workspace) !== undefined) {
    leaveWorkspace(workspace);
    return undefined;
  }
  const kept = abandonWorkspace(layout, workspace, keepScratch);
  try {
    releaseLock(layout.lock(workspace.key), tokenOf(workspace));
  } catch (error) {
    // A lock that cannot be removed is this process's, and reclaimed when it has ended.
    if (environmentFailure(error, 'giving a lock back') === undefined) throw error;
  }
  return kept;
}
