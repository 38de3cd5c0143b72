import { randomBytes } from 'node:crypto';
import { lstatSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { environmentFailure } from '../../base/failure-of-exception.js';
import { makeFolders } from '../../base/files/make-folders.js';
import type { Layout } from './layout.js';

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
