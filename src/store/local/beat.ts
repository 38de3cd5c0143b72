import { closeSync, openSync, rmSync, writeSync } from 'node:fs';

/**
 * How a process says on a shared cache that it lives: it rewrites a file beside its lock. Another host that sees the same
 * bytes there for too long, by its own monotonic clock, takes it for dead; nobody compares the clocks of two hosts.
 */
const usualMilliseconds = 10_000;
/** So many beats that do not come are death. */
const beatsToDeath = 6;
export const beatSuffix = '.beat';

/** How often this process says so. KSHOT_BEAT_SECONDS is for file systems that show others late what was written. */
export function beatMilliseconds(): number {
  const seconds = Number(process.env['KSHOT_BEAT_SECONDS']);
  return seconds > 0 && Number.isFinite(seconds) ? seconds * 1000 : usualMilliseconds;
}

/** How long the owner of a lock that says so this often must have been silent. */
export function silenceMilliseconds(everyMilliseconds: number): number {
  return everyMilliseconds * beatsToDeath;
}

/** Beside a lock, by its token: whoever takes the lock over has a file of its own. */
export function beatFileOf(lock: string, token: string): string {
  return `${lock}.${token}${beatSuffix}`;
}

/**
 * Says that this process lives. False where that could not be said; the next time may do better. Rewritten in place: a
 * network file system shows others a file that was replaced later than one that was changed.
 *
 * @param flags `w` begins, `r+` goes on where the file is there still
 */
export function beat(file: string, flags: 'w' | 'r+'): boolean {
  try {
    const descriptor = openSync(file, flags);
    try {
      // Of the same length each time; what it says does not matter, but that it changes.
      writeSync(descriptor, `${process.pid} ${process.hrtime.bigint()}`.padEnd(40), 0);
    } finally {
      closeSync(descriptor);
    }
    return true;
  } catch {
    return false;
  }
}

export function removeBeat(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // Whoever cleans up the locks finds it.
  }
}
