import { randomBytes } from 'node:crypto';
import { linkSync, readlinkSync, renameSync, symlinkSync, unlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolders } from '../../base/files/make-folders.js';
import { type LockOwner, livenessOf, parseOwner, thisProcess } from './lock-owner.js';

export type LockAttempt =
  | { readonly type: 'acquired'; readonly token: string }
  | { readonly type: 'busy'; readonly owner: LockOwner }
  /** Of another host, or not readable: `owner` is then undefined. */
  | { readonly type: 'foreign'; readonly owner: LockOwner | undefined };

/** A lock that this process holds. */
export interface OwnLock {
  readonly path: string;
  readonly token: string;
}

/**
 * Tries to take the lock at `path`, without waiting; the lock of a dead process of this host is taken over.
 *
 * A lock is a symbolic link whose target is its owner as JSON: it comes to be with its content in one step, and
 * only where there is none. Whoever takes over a dead owner's lock holds a second lock meanwhile (`.reclaim`,
 * taken by the same rules) and looks again under it, so that of two who saw the dead owner one does not
 * replace the other's fresh lock.
 *
 * @param like A lock of this process to which this one may be another name: whoever takes thousands makes and removes
 *   no file for each. They have one token.
 * @throws the file system's error where locks cannot be written.
 */
export function acquireLock(path: string, like?: OwnLock): LockAttempt {
  if (like !== undefined && nameOnce(like.path, path)) return { type: 'acquired', token: like.token };
  const token = randomBytes(8).toString('hex');
  const target = JSON.stringify(thisProcess(token));
  for (;;) {
    if (linkOnce(target, path)) return { type: 'acquired', token };

    const found = inspectLock(path);
    // Gone since: the next turn may have it.
    if (found === undefined) continue;
    if (found.type !== 'dead') return found;

    const reclaim = acquireLock(`${path}.reclaim`);
    if (reclaim.type !== 'acquired') return reclaim;
    try {
      if (inspectLock(path)?.type === 'dead') {
        const fresh = `${path}.${token}`;
        symlinkSync(target, fresh);
        renameSync(fresh, path);
        return { type: 'acquired', token };
      }
    } finally {
      releaseLock(`${path}.reclaim`, reclaim.token);
    }
  }
}

/** Gives a lock back; one that is no longer this token's stays as it is. */
export function releaseLock(path: string, token: string): void {
  if (readOwner(path)?.owner?.token !== token) return;
  try {
    unlinkSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

/** Who holds the lock at `path`; undefined where nobody does. */
export function inspectLock(
  path: string,
):
  | Exclude<LockAttempt, { type: 'acquired' }>
  | { readonly type: 'dead'; readonly owner: LockOwner }
  | undefined {
  const found = readOwner(path);
  if (found === undefined) return undefined;
  const { owner } = found;
  if (owner === undefined) return { type: 'foreign', owner };
  const liveness = livenessOf(owner);
  return { type: liveness === 'alive' ? 'busy' : liveness, owner };
}

/** False where there is a lock, or file systems or the system give a link no other name. */
function nameOnce(existing: string, path: string): boolean {
  try {
    linkSync(existing, path);
    return true;
  } catch {
    // What is wrong, the other way meets too.
    return false;
  }
}

function linkOnce(target: string, path: string): boolean {
  try {
    symlinkSync(target, path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    if (code !== 'ENOENT') throw error;
    makeFolders(dirname(path));
    return linkOnce(target, path);
  }
}

function readOwner(path: string): { readonly owner: LockOwner | undefined } | undefined {
  try {
    return { owner: parseOwner(readlinkSync(path)) };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    // A plain file: nothing that kshot wrote.
    if (code === 'EINVAL') return { owner: undefined };
    throw error;
  }
}
