import { basename, join, resolve } from 'node:path';
import { digestTree } from '../../base/canonical.js';
import { type Failure, FailureError } from '../../base/failure.js';
import { environmentFailure, rethrowAsFailure } from '../../base/failure-of-exception.js';
import { writeFileAtomic } from '../../base/files/atomic-file.js';
import { checkedJson } from '../../base/files/checked-json.js';
import { folderObstacle, makeFolder } from '../../base/files/folders.js';
import { leavesOf, mapTree, type Tree } from '../../base/files/tree.js';
import { failed, type Result, success } from '../../base/result.js';
import type { Digest, Entry, ObjectReference } from '../entry.js';
import type { Claim, LocalStore, StagedFile, Workspace } from '../store.js';
import { collectGarbage, planGarbage } from './collect-garbage.js';
import { claimDevice } from './device-claims.js';
import { readEntries, readEntry, writeEntry } from './entries.js';
import { holdCache } from './hold-cache.js';
import { isDigest, type Layout, layoutOf } from './layout.js';
import { describeOwner, type LockOwner } from './lock-owner.js';
import { acquireLock, inspectLock, type OwnLock, releaseLock } from './locks.js';
import { type Objects, openObjects } from './objects.js';
import { setAside } from './set-aside.js';
import { openStatIndex } from './stat-index.js';
import { surveyCache } from './survey-cache.js';
import { verifyCache } from './verify-cache.js';
import { abandonWorkspace, closeWorkspace, makeWorkspace, tokenOf } from './workspaces.js';

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
        writeEntry(layout, entry);
      } catch (error) {
        if (environmentFailure(error, 'keeping an entry') === undefined) throw error;
      }
    },
    claim: async (key, startsOver = false) => claim(layout, key, ownLock, startsOver),
    claimDevice: (device) => claimDevice(layout, device),
    commit: async (workspace, entry, outputs) => commit(layout, objects, workspace, entry, outputs),
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
    verifyAll: () => verifyCache(layout, objects),
    planGarbage: async (options) => planGarbage(layout, options),
    collectGarbage: async (options) => collectGarbage(layout, options),
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

function claim(layout: Layout, key: Digest, ownLock: OwnLock | undefined, startsOver: boolean): Claim {
  if (!isDigest(key)) throw new FailureError({ reason: 'bug', message: `${key} is no key` });
  const path = layout.lock(key);
  try {
    const attempt = acquireLock(path, ownLock);
    if (attempt.type !== 'acquired') return refusal(attempt, path);

    // Garbage collection looks for claims after it took its lock; this looks for its lock after claiming, so
    // that one of the two sees the other.
    const collection = inspectLock(layout.collectionLock);
    if (collection !== undefined && collection.type !== 'dead') {
      releaseLock(path, attempt.token);
      return refusal(collection, layout.collectionLock);
    }
    try {
      return { type: 'claimed', workspace: makeWorkspace(layout, key, attempt.token, startsOver) };
    } catch (error) {
      releaseLock(path, attempt.token);
      throw error;
    }
  } catch (error) {
    rethrowAsFailure(error, `claiming ${key.slice(0, 12)}`);
  }
}

function refusal(
  found:
    | { readonly type: 'busy'; readonly owner: LockOwner }
    | { readonly type: 'foreign'; readonly owner: LockOwner | undefined },
  path: string,
): Claim {
  if (found.type === 'busy') return { type: 'busy', owner: describeOwner(found.owner) };
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

function commit(
  layout: Layout,
  objects: Objects,
  workspace: Workspace,
  facts: Omit<Entry, 'outputs'>,
  staged: Outputs<StagedFile>,
): Result<Entry, Failure> {
  const outputs: Outputs<ObjectReference> = Object.fromEntries(
    Object.entries(staged).map(([port, tree]) => [
      port,
      mapTree(tree, ({ digest, bytes }) => ({ digest, bytes })),
    ]),
  );
  const entry: Entry = { ...facts, outputs };
  try {
    const failure = objects.publish(filesIn(staged)) ?? compareWithRecorded(layout, entry, workspace);
    if (failure !== undefined) {
      release(layout, workspace);
      return failed(failure);
    }
    writeEntry(layout, entry);
  } catch (error) {
    release(layout, workspace);
    const failure = environmentFailure(error, `publishing ${entry.key.slice(0, 12)}`);
    if (failure === undefined) throw error;
    return failed(failure);
  }
  closeWorkspace(layout, workspace);
  releaseLock(layout.lock(workspace.key), tokenOf(workspace));
  return success(entry);
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
    const [before, after] = [recorded.outputs[port], entry.outputs[port]].map((tree) =>
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
  const kept = abandonWorkspace(layout, workspace, keepScratch);
  try {
    releaseLock(layout.lock(workspace.key), tokenOf(workspace));
  } catch (error) {
    // A lock that cannot be removed is this process's, and reclaimed when it has ended.
    if (environmentFailure(error, 'giving a lock back') === undefined) throw error;
  }
  return kept;
}
