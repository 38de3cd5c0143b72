import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a folder and those above it; gives the first that was not there, or undefined.
 *
 * @throws the file system's error. Node's own way takes errors that it does not know, such as a quota's, for a folder
 *   that is not there; then the folder is asked for by itself.
 */
export function makeFolders(folder: string): string | undefined {
  try {
    return mkdirSync(folder, { recursive: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  let missing = folder;
  while (!existsSync(dirname(missing))) missing = dirname(missing);
  mkdirSync(missing);
  makeFolders(folder);
  return missing;
}
