import { existsSync, lstatSync, readdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
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

/**
 * What keeps a folder from being made: the nearest thing at or above it that is there, where that is no folder, and
 * whether it is a link that leads nowhere, such as to a share that is not mounted.
 */
export function blockadeOf(
  folder: string,
): { readonly path: string; readonly isDeadLink: boolean } | undefined {
  for (let at = resolve(folder); ; at = dirname(at)) {
    try {
      const found = lstatSync(at, { throwIfNoEntry: false });
      if (found === undefined) continue;
      if (statSync(at, { throwIfNoEntry: false })?.isDirectory()) return undefined;
      return { path: at, isDeadLink: found.isSymbolicLink() && !existsSync(at) };
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // Below a file, or a link to itself, nothing can be looked at; what may not be looked at is told where it is used.
      if (code !== 'ELOOP' && code !== 'ENOTDIR') return undefined;
      if (isLink(at)) return { path: at, isDeadLink: true };
    }
  }
}

function isLink(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
  } catch {
    return false;
  }
}

/** The nearest folder at or above a path that is there. */
export function nearestFolder(path: string): string {
  let at = resolve(path);
  while (!existsSync(at)) at = dirname(at);
  return at;
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
