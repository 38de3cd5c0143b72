import { accessSync, constants, statSync } from 'node:fs';
import { join } from 'node:path';

/** Whether a path leads to a file that can be started, or used in the ways that `mode` says. */
export function isProgram(path: string, mode = constants.X_OK): boolean {
  try {
    // Where programs are looked for most places have none, and an exception for each costs many times the look.
    if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return false;
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}

/** Where a program is that is called by its name: in the first of the folders that has it; undefined where none has. */
export function programIn(
  folders: readonly string[],
  name: string,
  fits: (path: string) => boolean = (path) => isProgram(path),
): string | undefined {
  return folders.map((folder) => join(folder, name)).find(fits);
}
