import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fchmodSync,
  fsyncSync,
  linkSync,
  lstatSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { namingFile } from '../system-error.js';

/**
 * Writes a file so that any reader, and any crash, finds either what was there before or all of `data`.
 * The data is on disk when this returns, unless `options.sync` says otherwise. The folder must exist.
 *
 * @param options.mode permissions of the file; the process's default where left out.
 * @param options.sync what is waited for: `folder` (default), that a loss of power leaves the new file; `file`, that it
 *   leaves the new one or what was there before; `none`, nothing: it may then leave a file with other bytes, which its
 *   reader must be able to tell. The end of a process harms none of them.
 * @throws the file system's error (ENOSPC, EACCES, ...), which names a file; the file is then as it was before.
 */
export function writeFileAtomic(
  path: string,
  data: string | Uint8Array,
  options: { readonly mode?: number; readonly sync?: 'folder' | 'file' | 'none' } = {},
): void {
  const { sync = 'folder' } = options;
  const temporary = temporaryFile(path);
  try {
    writeTemporary(path, temporary, data, options);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  if (sync === 'folder') syncFolder(dirname(path));
}

/**
 * Writes a file with the same promise where there is none; false where there is one, which stays as it is. Of several who
 * do so at once, on whatever host, one is told true.
 */
export function linkFileAtomic(
  path: string,
  data: string | Uint8Array,
  options: { readonly mode?: number; readonly sync?: 'folder' | 'file' | 'none' } = {},
): boolean {
  const { sync = 'folder' } = options;
  const temporary = temporaryFile(path);
  try {
    writeTemporary(path, temporary, data, options);
    if (!linkOnce(temporary, path)) return false;
  } finally {
    rmSync(temporary, { force: true });
  }
  if (sync === 'folder') syncFolder(dirname(path));
  return true;
}

/** What systems say that give files no second name. */
const noLinks: ReadonlySet<string | undefined> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

function linkOnce(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Over a network the answer may have been lost, and the question asked again.
    if (code === 'EEXIST') return lstatSync(from).nlink > 1;
    if (!noLinks.has(code)) throw error;
    if (lstatSync(to, { throwIfNoEntry: false }) !== undefined) return false;
    renameSync(from, to);
    return true;
  }
}

function writeTemporary(
  path: string,
  temporary: string,
  data: string | Uint8Array,
  { mode, sync = 'folder' }: { readonly mode?: number; readonly sync?: 'folder' | 'file' | 'none' },
): void {
  namingFile(path, () => {
    const file = openSync(temporary, 'wx');
    try {
      writeFileSync(file, data);
      if (mode !== undefined) fchmodSync(file, mode);
      if (sync !== 'none') fsyncSync(file);
    } finally {
      closeSync(file);
    }
  });
}

/**
 * Moves a whole file to `path`, over what is there, with the same promise; also from another file system. The file at
 * `from` is gone then.
 */
export async function replaceByFile(path: string, from: string): Promise<void> {
  syncFile(from);
  try {
    renameSync(from, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
    const beside = temporaryFile(path);
    try {
      await copyFile(from, beside);
      syncFile(beside);
      renameSync(beside, path);
    } catch (failure) {
      rmSync(beside, { force: true });
      throw failure;
    }
    rmSync(from, { force: true });
  }
  syncFolder(dirname(path));
}

/** Random for each process and thread: asking for more, for every file, takes longer than writing a small one. */
const ownName = randomBytes(5).toString('hex');
let temporaryFiles = 0;

function temporaryFile(path: string): string {
  return join(dirname(path), `.${basename(path)}.${ownName}${(++temporaryFiles).toString(36)}.tmp`);
}

function syncFile(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Makes renames and removals in a folder last through a loss of power. */
export function syncFolder(folder: string): void {
  namingFile(folder, () => {
    const descriptor = openSync(folder, 'r');
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  });
}
