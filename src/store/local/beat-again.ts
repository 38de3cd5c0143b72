import { basename, dirname, join } from 'node:path';
import { beat } from './beat.js';
import { isLockOf } from './locks.js';

/**
 * Says once more that this process lives, by the file for that; makes it where it is not there, unless the lock is
 * another's by now.
 */
export function beatAgain(file: string): void {
  if (beat(file, 'r+')) return;
  try {
    const [lock = '', token = ''] = basename(file).split('.');
    if (isLockOf(join(dirname(file), lock), token)) beat(file, 'w');
  } catch {
    // The next time may do better.
  }
}
