import { lstatSync, type Stats } from 'node:fs';
import { hashFile } from '../../store/hash-file.js';

/** Digest of a file; `other` where there is something else, such as a folder or a link; undefined for nothing. */
export async function digestAt(path: string): Promise<string | undefined> {
  const stat = lookAt(path);
  if (stat === undefined) return undefined;
  return stat.isFile() ? (await hashFile(path)).digest : 'other';
}

function lookAt(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    // What was a folder is a file by now.
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined;
    throw error;
  }
}
