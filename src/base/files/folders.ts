import { lstatSync, readdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Failure } from '../failure.js';
import { environmentFailure } from '../failure-of-exception.js';
import { syncFolder } from './atomic-file.js';
import { makeFolders } from './make-folders.js';

/** Makes a folder and those above it, and makes them last. */
export function makeFolder(folder: string): void {
  if (makeFolders(folder) !== undefined) syncFolder(dirname(folder));
}

/**
 * What stands where a folder is wanted: a file, or a link that leads to no folder; undefined where nothing is there
 * yet, or the folder.
 */
export function folderObstacle(folder: string): Failure | undefined {
  try {
    if (lstatSync(folder, { throwIfNoEntry: false }) === undefined) return undefined;
    if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return undefined;
  } catch (error) {
    const failure = environmentFailure(error);
    if (failure !== undefined) return failure;
    // A link to itself.
    if ((error as NodeJS.ErrnoException).code !== 'ELOOP') throw error;
  }
  return {
    reason: 'cache-unwritable',
    message: `something else is in the place of ${folder}, which must be a folder`,
    hint: 'move it away; kshot makes the folders that it needs',
  };
}

/** Names in a folder, sorted; none where there is no such folder. */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw error;
  }
}
