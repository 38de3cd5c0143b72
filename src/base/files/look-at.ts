import { realpathSync, statSync } from 'node:fs';

/** Other whenever another file or folder may be found at a path, or nothing, or one that was changed. */
export function lookAt(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false });
  return found === undefined ? path : `${realpathSync(path)} ${found.ino} ${found.size} ${found.mtimeMs}`;
}
