import { randomBytes } from 'node:crypto';
import { lstatSync, readdirSync, renameSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Failure } from '../base/failure.js';
import { environmentFailure } from '../base/failure-of-exception.js';
import { syncFolder } from '../base/files/atomic-file.js';
import { makeFolders } from '../base/files/make-folders.js';
import type { Layout } from './layout.js';

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

/** Sets a folder aside that stands where a file is to be: unlike a file it cannot be replaced. */
export function makeRoomForFile(layout: Layout, path: string, name: string): void {
  if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory()) setAside(layout, path, name);
}

/**
 * Moves a bad file to `quarantine/<name>.<random>`. Where the cache cannot be written it stays, and is bad all
 * the same; that another process was first is no error.
 */
export function setAside(layout: Layout, path: string, name: string): void {
  try {
    makeFolders(layout.quarantine);
    renameSync(path, join(layout.quarantine, `${name}.${randomBytes(4).toString('hex')}`));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && environmentFailure(error, 'setting a bad file aside') === undefined) throw error;
  }
}
