import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { beatFileOf, silenceMilliseconds } from './beat.js';
import type { LockOwner } from './lock-owner.js';

interface Observation {
  readonly token: string;
  /** What its owner said last; absent where nothing. */
  readonly said: string | undefined;
  /** Since when nothing else, by this process's monotonic clock. */
  readonly since: number;
  /** When this process looked last. */
  lookedAt: number;
  /** Whether it said anything since this process looked first. */
  readonly isHeard: boolean;
}

/** A look is late after this; nobody looks more seldom while it waits. */
const longestLook = 5_000;
const observations = new Map<string, Observation>();

/**
 * Whether nothing was heard of another host's lock for so long that its owner counts as dead. It takes two looks: a lock
 * that this process has not seen before is of a living owner.
 */
export function isSilent(lock: string, owner: LockOwner, now = performance.now()): boolean {
  const { token, beatMilliseconds } = owner;
  if (beatMilliseconds === undefined) return false;
  const said = readBeat(beatFileOf(lock, token));
  const before = observations.get(lock);
  const silence = silenceMilliseconds(beatMilliseconds);
  const isSame = before?.token === token && before.said === said;
  // Whatever stopped this process for long may have stopped the owner, too: two machines on one laptop that slept.
  if (isSame && now - before.lookedAt < Math.max(silence / 2, longestLook)) {
    before.lookedAt = now;
    return now - before.since >= silence;
  }
  const isHeard = before?.token === token && (before.isHeard || !isSame);
  observations.set(lock, { token, said, since: now, lookedAt: now, isHeard });
  return false;
}

/** Whether its owner was seen to live since this process looked first. */
export function isHeard(lock: string): boolean {
  return observations.get(lock)?.isHeard === true;
}

/** Nothing more is to be known of a lock that is gone. */
export function forget(lock: string): void {
  observations.delete(lock);
}

function readBeat(file: string): string | undefined {
  return (
    textOf(file) ??
    // A network file system may go on saying that there is no such file until its folder is listed.
    (isListed(file) ? textOf(file) : undefined)
  );
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function isListed(file: string): boolean {
  try {
    return readdirSync(dirname(file)).includes(basename(file));
  } catch {
    return false;
  }
}
