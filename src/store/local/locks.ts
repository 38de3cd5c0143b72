import { randomBytes } from 'node:crypto';
import { linkSync, readlinkSync, renameSync, symlinkSync, unlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolders } from '../../base/files/make-folders.js';
import { beatFileOf, removeBeat } from './beat.js';
import { type LockOwner, livenessOf, parseOwner, thisProcess } from './lock-owner.js';
import { forget, isSilent } from './silence.js';

/** A lock that somebody has. */
export type TakenLock =
  /** A process that lives; where it is on another host, as far as is known: it was seen to live, or only now at all. */
  | { readonly type: 'busy'; readonly owner: LockOwner; readonly isElsewhere: boolean }
  /** A process on another host of which nothing was heard for so long that it counts as dead. */
  | { readonly type: 'silent'; readonly owner: LockOwner }
  /** Of another host, and of a version that never says that it lives; or not readable: `owner` is then undefined. */
  | { readonly type: 'foreign'; readonly owner: LockOwner | undefined };

export type LockAttempt =
  | {
      readonly type: 'acquired';
      readonly token: string;
      /** On another host, it counted as dead. */
      readonly takenFrom?: LockOwner;
    }
  | TakenLock;

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
 * @param options.like A lock of this process to which this one may be another name: whoever takes thousands makes and
 *   removes no file for each. They have one token.
 * @param options.overSilent Takes over a lock of another host, too, of which nothing was heard for long enough.
 * @throws the file system's error where locks cannot be written.
 */
export function acquireLock(
  path: string,
  { like, overSilent = false }: { readonly like?: OwnLock | undefined; readonly overSilent?: boolean } = {},
): LockAttempt {
  if (like !== undefined && nameOnce(like.path, path)) return { type: 'acquired', token: like.token };
  const token = randomBytes(8).toString('hex');
  const target = JSON.stringify(thisProcess(token));
  for (;;) {
    if (linkOnce(target, path)) return { type: 'acquired', token };
    const found = inspectLock(path);
    if (found !== undefined && !isLeft(found, overSilent)) {
      // Over a network the answer to the question before may have been lost, and the question asked again.
      return found.owner?.token === token ? { type: 'acquired', token } : found;
    }
    // Undefined where it is gone, or another's by now: the next turn may have it.
    const taken = found && takeOver(path, found, { token, target });
    if (taken !== undefined) return taken;
  }
}

type LeftLock = { readonly type: 'dead' | 'silent'; readonly owner: LockOwner };

function isLeft(
  found: NonNullable<ReturnType<typeof inspectLock>>,
  overSilent: boolean,
): found is Extract<typeof found, LeftLock> {
  return found.type === 'dead' || (found.type === 'silent' && overSilent);
}

function takeOver(
  path: string,
  found: LeftLock,
  own: { readonly token: string; readonly target: string },
): LockAttempt | undefined {
  const reclaim = acquireLock(`${path}.reclaim`, { overSilent: true });
  if (reclaim.type !== 'acquired') return reclaim;
  try {
    if (!replaceOwner(path, found, own)) return undefined;
    return {
      type: 'acquired',
      token: own.token,
      ...(found.type === 'silent' ? { takenFrom: found.owner } : {}),
    };
  } finally {
    releaseLock(`${path}.reclaim`, reclaim.token);
  }
}

/** False where the lock has another owner than the one that was found to be dead, or that one lives after all. */
function replaceOwner(
  path: string,
  { type, owner }: LeftLock,
  { token, target }: { readonly token: string; readonly target: string },
): boolean {
  const again = inspectLock(path);
  if (again?.type !== type || again.owner.token !== owner.token) return false;
  const fresh = `${path}.${token}`;
  symlinkSync(target, fresh);
  renameSync(fresh, path);
  forget(path);
  removeBeat(beatFileOf(path, owner.token));
  return true;
}

/** Whether a lock is this token's still: another host may have taken it over. */
export function isLockOf(path: string, token: string): boolean {
  return readOwner(path)?.owner?.token === token;
}

/** Gives a lock back; one that is no longer this token's stays as it is. */
export function releaseLock(path: string, token: string): void {
  if (!isLockOf(path, token)) return;
  try {
    unlinkSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

/** Who holds the lock at `path`; undefined where nobody does. */
export function inspectLock(
  path: string,
): TakenLock | { readonly type: 'dead'; readonly owner: LockOwner } | undefined {
  const found = readOwner(path);
  if (found === undefined) {
    forget(path);
    return undefined;
  }
  const { owner } = found;
  if (owner === undefined) return { type: 'foreign', owner };
  const liveness = livenessOf(owner);
  if (liveness === 'dead') return { type: 'dead', owner };
  if (liveness === 'alive') return { type: 'busy', owner, isElsewhere: false };
  if (owner.beatMilliseconds === undefined) return { type: 'foreign', owner };
  return isSilent(path, owner) ? { type: 'silent', owner } : { type: 'busy', owner, isElsewhere: true };
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
