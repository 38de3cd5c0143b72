import { type LockOwner } from './lock-owner.js';
export type LockAttempt = {
    readonly type: 'acquired';
    readonly token: string;
} | {
    readonly type: 'busy';
    readonly owner: LockOwner;
}
/** Of another host, or not readable: `owner` is then undefined. */
 | {
    readonly type: 'foreign';
    readonly owner: LockOwner | undefined;
};
/**
 * Tries to take the lock at `path`, without waiting; the lock of a dead process of this host is taken over.
 *
 * A lock is a symbolic link whose target is its owner as JSON: it comes to be with its content in one step, and
 * only where there is none. Whoever takes over a dead owner's lock holds a second lock meanwhile (`.reclaim`,
 * taken by the same rules) and looks again under it, so that of two who saw the dead owner one does not
 * replace the other's fresh lock.
 *
 * @throws the file system's error where locks cannot be written.
 */
export declare function acquireLock(path: string): LockAttempt;
/** Gives a lock back; one that is no longer this token's stays as it is. */
export declare function releaseLock(path: string, token: string): void;
/** Who holds the lock at `path`; undefined where nobody does. */
export declare function inspectLock(path: string): Exclude<LockAttempt, {
    type: 'acquired';
}> | {
    readonly type: 'dead';
    readonly owner: LockOwner;
} | undefined;
