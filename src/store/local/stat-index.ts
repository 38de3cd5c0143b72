import { type BigIntStats, readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Failure } from '../../base/failure.js';
import { environmentFailure } from '../../base/failure-of-exception.js';
import { writeFileAtomic } from '../../base/files/atomic-file.js';
import { checkedJson, checkedText } from '../../base/files/checked-json.js';
import { makeFolder } from '../../base/files/folders.js';
import { pathFailure, pathTrouble, shortPath } from '../../base/files/user-path.js';
import { failed, type Result, success } from '../../base/result.js';
import type { Digest, ObjectReference } from '../entry.js';
import { hashFile } from '../hash-file.js';
import { isDigest, type Layout } from './layout.js';

/** Remembers the digests of files outside the cache by what `stat` says of them. */
export interface StatIndex {
  digestFile(path: string): Promise<Result<ObjectReference, Failure>>;
  save(): void;
}

interface IndexedFile {
  readonly digest: Digest;
  /** Size, inode, mtime and ctime (nanoseconds). */
  readonly look: string;
  /** Wall clock before the file was read, milliseconds. */
  readonly indexedAt: number;
}

interface IndexFile {
  readonly format: 1;
  readonly files: { readonly [path: string]: IndexedFile };
}

/** Two writes may carry the same time where the file system's clock is coarse; FAT's steps are two seconds. */
const settledMilliseconds = 2000;

const attempts = 5;

/**
 * A file is not read again as long as size, inode, mtime and ctime are those of the indexing, and both
 * times were at least two seconds old then: a later edit must give another ctime, which no program can set back.
 * A clock that stands before the indexing proves nothing, so the file is read.
 */
export function openStatIndex(layout: Layout, now: () => number = Date.now): StatIndex {
  const files = new Map(Object.entries(readIndex(layout).files));
  const underWay = new Map<string, Promise<Result<ObjectReference, Failure>>>();
  const changed = new Set<string>();

  /** Undefined where the file was written to while it was read: the digest may be of a mixture. */
  const readOnce = async (path: string): Promise<Result<ObjectReference, Failure> | undefined> => {
    const indexedAt = now();
    const before = statSync(path, { bigint: true });
    if (!before.isFile()) return failed(notAFile(path));
    const look = lookOf(before);
    const known = files.get(path);
    if (known?.look === look && known.indexedAt <= indexedAt) {
      return success({ digest: known.digest, bytes: Number(before.size) });
    }

    const reference = await hashFile(path);
    const after = statSync(path, { bigint: true });
    if (lookOf(after) !== look) return undefined;

    if (showsLaterChanges(look, indexedAt)) {
      files.set(path, { digest: reference.digest, look, indexedAt });
      changed.add(path);
    } else if (files.delete(path)) {
      changed.add(path);
    }
    return success(reference);
  };

  const read = async (path: string): Promise<Result<ObjectReference, Failure>> => {
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const result = await readOnce(path);
      if (result !== undefined) return result;
    }
    return failed({
      reason: 'bad-data',
      message: `${path} changes while it is being read.`,
      hint: 'Wait for the program that writes it, then run again.',
    });
  };

  const digestFile = (path: string): Promise<Result<ObjectReference, Failure>> => {
    const absolute = resolve(path);
    const running =
      underWay.get(absolute) ??
      read(absolute)
        .catch((error: unknown) => failed(unreadable(absolute, error)))
        .finally(() => underWay.delete(absolute));
    underWay.set(absolute, running);
    return running;
  };

  const save = (): void => {
    if (changed.size === 0) return;
    // Another process may have saved since: only what was learned here is put over it.
    const merged = new Map(Object.entries(readIndex(layout).files));
    for (const path of changed) {
      const file = files.get(path);
      if (file === undefined) merged.delete(path);
      else merged.set(path, file);
    }
    for (const path of merged.keys()) {
      if (statSync(path, { throwIfNoEntry: false }) === undefined) merged.delete(path);
    }
    const index: IndexFile = { format: 1, files: Object.fromEntries(merged) };
    try {
      makeFolder(dirname(layout.statIndex));
      writeFileAtomic(layout.statIndex, checkedJson(index));
      changed.clear();
    } catch (error) {
      // Without an index files are read again, and no more: a cache that cannot be written may still be read.
      if (environmentFailure(error, 'saving the stat index') === undefined) throw error;
    }
  };

  return { digestFile, save };
}

/** Changes with every write and every replacement of a file. */
export function lookOf(stat: BigIntStats): string {
  return `${stat.size} ${stat.ino} ${stat.mtimeNs} ${stat.ctimeNs}`;
}

/** Whether a look (`lookOf`) was old enough at a time, in milliseconds, that a later change must show in the next. */
export function showsLaterChanges(look: string, at: number): boolean {
  const [, , ...times] = look.split(' ').map(Number);
  return times.every((nanoseconds) => nanoseconds / 1e6 + settledMilliseconds <= at);
}

function readIndex(layout: Layout): IndexFile {
  try {
    const text = checkedText(readFileSync(layout.statIndex, 'utf8'));
    const index = text === undefined ? undefined : (JSON.parse(text) as Partial<IndexFile> | null);
    const sound =
      index?.format === 1 &&
      typeof index.files === 'object' &&
      Object.values(index.files).every(
        (file) =>
          isDigest(file.digest) && typeof file.look === 'string' && typeof file.indexedAt === 'number',
      );
    if (sound) return index as IndexFile;
  } catch {
    // Missing or broken: files are read again.
  }
  return { format: 1, files: {} };
}

function notAFile(path: string): Failure {
  return {
    reason: 'file-not-found',
    message: `${shortPath(path)} is not a file.`,
    hint: 'Name a file, not a folder.',
  };
}

function unreadable(path: string, error: unknown): Failure {
  const trouble = pathTrouble(error);
  if (trouble !== undefined) {
    return {
      hint: 'paths are relative to the root, the nearest folder upwards that holds pipelines/',
      ...pathFailure(path, trouble),
    };
  }
  if ((error as NodeJS.ErrnoException).code !== 'EIO') throw error;
  return { reason: 'disk', message: `The disk failed at reading ${path} (EIO).`, cause: error };
}
