import {
  createReadStream,
  createWriteStream,
  lstatSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { replaceByFile, writeFileAtomic } from './atomic-file.js';

/*
 * Files that a user names to be written. What is there may be no file: /dev/null, /dev/stdout, a named pipe, which must
 * be written into and never replaced, and a link, which stays one.
 */

/** Writes a file whole or not at all, over what is there; into what is no file. */
export function writeUserFile(path: string, data: string | Uint8Array): void {
  if (isWrittenInto(path)) writeFileSync(path, data);
  else writeFileAtomic(behindLink(path), data);
}

/** Moves a whole file to `path` with the same promise. */
export async function replaceUserFile(path: string, from: string): Promise<void> {
  if (!isWrittenInto(path)) {
    await replaceByFile(behindLink(path), from);
    return;
  }
  await pipeline(createReadStream(from), createWriteStream(path));
  rmSync(from, { force: true });
}

/** A folder for what is moved to `path` in the end: its own, so that moving it is one step, where it is a file. */
export function stagingFolder(path: string): string {
  return isWrittenInto(path) ? tmpdir() : dirname(behindLink(path));
}

/** Whether a device, a pipe or a socket is there. */
function isWrittenInto(path: string): boolean {
  const there = statSync(path, { throwIfNoEntry: false });
  return there !== undefined && !there.isFile() && !there.isDirectory();
}

/** Where a link leads, if it leads anywhere. */
function behindLink(path: string): string {
  const isLink = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
  return isLink && statSync(path, { throwIfNoEntry: false }) !== undefined ? realpathSync(path) : path;
}
