import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { environmentFailure } from '../../base/failure-of-exception.js';
import { namesIn } from '../../base/files/folders.js';
import type { Store } from '../store.js';
import type { CacheHold } from '../upkeep.js';
import { beatFileOf, beatSuffix, removeBeat } from './beat.js';
import { startBeating } from './beats.js';
import { type Layout, layoutOf } from './layout.js';
import { acquireLock, inspectLock, isLockOf, type OwnLock, releaseLock } from './locks.js';

const prefix = 'run-';
const pollMilliseconds = 50;

/**
 * Says for as long as this process lives, or until `close`, that a run uses the cache; waits for a collection that is
 * under way. Where the cache cannot be written nothing is said: nothing will be computed there either.
 */
export async function holdCache(layout: Layout): Promise<CacheHold & { readonly lock: OwnLock | undefined }> {
  try {
    removeDeadLocks(layout.locks);
    const path = join(layout.locks, `${prefix}${randomBytes(8).toString('hex')}`);
    const lock = acquireLock(path);
    // As with a claim: collection looks for holds after it took its lock, this looks for its lock after holding.
    while (inspectLock(layout.collectionLock)?.type === 'busy') await sleep(pollMilliseconds);
    removeSilentLock(layout.collectionLock);
    if (lock.type !== 'acquired') return { lock: undefined, close: () => undefined };
    const { token } = lock;
    const beating = startBeating(beatFileOf(path, token));
    const close = () => {
      process.off('exit', close);
      beating.stop();
      ignoringTheEnvironment(() => releaseLock(path, token));
    };
    // A signal between here and the run's first step ends the process at once.
    process.once('exit', close);
    return { lock: { path, token }, close };
  } catch (error) {
    if (environmentFailure(error) === undefined) throw error;
    return { lock: undefined, close: () => undefined };
  }
}

/** Whether any run uses the cache. */
export function isInUse(store: Pick<Store, 'folder'>): boolean {
  const { locks } = layoutOf(store.folder);
  return namesIn(locks)
    .filter(isHold)
    .some((name) => inspectLock(join(locks, name))?.type === 'busy');
}

/** Whether the name of a lock is that of a hold. */
export function isHold(name: string): boolean {
  return name.startsWith(prefix) && !name.includes('.');
}

/** Of runs that were killed: those of results that are there already nobody would take over. */
function removeDeadLocks(folder: string): void {
  const names = namesIn(folder);
  for (const name of names.filter((one) => !one.includes('.'))) {
    const path = join(folder, name);
    if (inspectLock(path)?.type === 'dead') removeLock(path, false);
  }
  for (const name of names.filter((one) => one.endsWith(beatSuffix))) {
    const [lock = '', token = ''] = name.split('.');
    if (!isLockOf(join(folder, lock), token)) removeBeat(join(folder, name));
  }
}

/** Removes the lock of another host that counts as dead; of one that does not, leaves it. */
export function removeSilentLock(path: string): void {
  if (inspectLock(path)?.type === 'silent') removeLock(path, true);
}

function removeLock(path: string, overSilent: boolean): void {
  const lock = acquireLock(path, { overSilent });
  if (lock.type === 'acquired') releaseLock(path, lock.token);
}

function ignoringTheEnvironment(doing: () => void): void {
  try {
    doing();
  } catch (error) {
    // A lock that cannot be removed is this process's, and reclaimed when it has ended.
    if (environmentFailure(error) === undefined) throw error;
  }
}
