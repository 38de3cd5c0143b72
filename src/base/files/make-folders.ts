import { lstatSync, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/**
 * Makes a folder and those above it; gives the first that was not there, or undefined.
 *
 * One after the other, since Node's own way takes errors that it does not know, such as a quota's, for a folder that is
 * not there, and goes on for ever where a file system says so of a folder that it refuses to make (/proc).
 *
 * @throws the file system's error
 */
export function makeFolders(folder: string): string | undefined {
  const missing: string[] = [];
  for (let at = resolve(folder); !isThere(at); at = dirname(at)) missing.unshift(at);
  // Says of a file what it is.
  if (missing.length === 0 && !isFolder(folder)) mkdirSync(folder);
  for (const path of missing) {
    try {
      mkdirSync(path);
    } catch (error) {
      // Somebody else may have made it meanwhile.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !isFolder(path)) throw error;
    }
  }
  return missing[0];
}

/** A link that leads nowhere is there, too. */
function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
