import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { syncFolder } from '../base/atomic-file.js';
import { environmentFailure } from '../base/failure-of-exception.js';
import type { Layout } from './layout.js';

/** Makes a folder and those above it, and makes them last. */
export function makeFolder(folder: string): void {
  if (mkdirSync(folder, { recursive: true }) !== undefined) syncFolder(dirname(folder));
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

/**
 * Moves a bad file to `quarantine/<name>.<random>`. Where the cache cannot be written it stays, and is bad all
 * the same; that another process was first is no error.
 */
export function setAside(layout: Layout, path: string, name: string): void {
  try {
    mkdirSync(layout.quarantine, { recursive: true });
    renameSync(path, join(layout.quarantine, `${name}.${randomBytes(4).toString('hex')}`));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && environmentFailure(error, 'setting a bad file aside') === undefined) throw error;
  }
}
