import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  fsyncSync,
  lstatSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { sha256 } from '../../base/canonical.js';
import type { Failure } from '../../base/failure.js';
import { rethrowAsFailure } from '../../base/failure-of-exception.js';
import { syncFolder, writeFileAtomic } from '../../base/files/atomic-file.js';
import { makeFolder } from '../../base/files/folders.js';
import { leavesOf } from '../../base/files/tree.js';
import type { Digest, Entry, ObjectReference } from '../entry.js';
import { hashFile } from '../hash-file.js';
import type { StagedFile } from '../store.js';
import type { Layout } from './layout.js';
import { makeRoomForFile, setAside } from './set-aside.js';
import { lookOf } from './stat-index.js';

const readOnly = 0o444;

/** The content-addressed blobs of a cache. */
export interface Objects {
  path(digest: Digest): string;
  /** Undefined where it is not there. */
  sizeOf(digest: Digest): number | undefined;
  /** Whether it is there in its recorded size. */
  has(reference: ObjectReference): boolean;
  /** Whether all that an entry names as its outputs is there in its recorded size. */
  hasOutputs(entry: Entry): boolean;
  /** Whether its bytes are what its name says; a bad one is set aside. */
  verify(reference: ObjectReference): Promise<boolean>;
  /**
   * Moves staged files in place, read-only, and makes that last. Undefined where it was done.
   *
   * @throws the file system's error; some of the files may then be in place, which nothing refers to.
   */
  publish(files: Iterable<StagedFile>): Failure | undefined;
  /** The same with one file whose bytes were hashed as they came: they are verified. */
  adopt(file: StagedFile): Failure | undefined;
  /** A name beside an object's for a file that is to become it; its folder is there. */
  temporaryFile(digest: Digest): string;
  putText(text: string): Promise<Digest>;
  readText(digest: Digest): string | undefined;
}

export function openObjects(layout: Layout): Objects {
  /** What verified objects looked like then, and verifications under way. */
  const verified = new Map<Digest, string>();
  const underWay = new Map<Digest, Promise<boolean>>();

  const sizeOf = (digest: Digest): number | undefined => {
    const stat = statSync(layout.object(digest), { throwIfNoEntry: false });
    return stat?.isFile() === true ? stat.size : undefined;
  };

  const has = ({ digest, bytes }: ObjectReference): boolean => sizeOf(digest) === bytes;

  const hasOutputs = ({ outputs }: Entry): boolean => {
    for (const tree of Object.values(outputs)) {
      for (const { leaf } of leavesOf(tree)) if (!has(leaf)) return false;
    }
    return true;
  };

  const setObjectAside = (digest: Digest): void => setAside(layout, layout.object(digest), digest);

  const hashAndCompare = async ({ digest, bytes }: ObjectReference): Promise<boolean> => {
    const path = layout.object(digest);
    const before = lstatSync(path, { bigint: true, throwIfNoEntry: false });
    if (before === undefined) return false;
    const look = lookOf(before);
    if (verified.get(digest) === look) return before.size === BigInt(bytes);
    verified.delete(digest);

    const good = before.isFile() && (await readsAs(digest, path));
    if (!good) {
      // Unless it was replaced meanwhile, as the producer does when it runs again.
      const after = lstatSync(path, { bigint: true, throwIfNoEntry: false });
      if (after !== undefined && lookOf(after) === look) setObjectAside(digest);
      return false;
    }
    verified.set(digest, look);
    return before.size === BigInt(bytes);
  };

  const verify = (reference: ObjectReference): Promise<boolean> => {
    const { digest } = reference;
    const running = underWay.get(digest) ?? hashAndCompare(reference).finally(() => underWay.delete(digest));
    underWay.set(digest, running);
    return running;
  };

  const adopt = (file: StagedFile): Failure | undefined => {
    const failure = publish(layout, [file]);
    if (failure !== undefined) return failure;
    const stat = lstatSync(layout.object(file.digest), { bigint: true, throwIfNoEntry: false });
    if (stat !== undefined) verified.set(file.digest, lookOf(stat));
    return undefined;
  };

  const readText = (digest: Digest): string | undefined => {
    let bytes: Buffer;
    try {
      bytes = readFileSync(layout.object(digest));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      rethrowAsFailure(error, `reading object ${digest.slice(0, 12)}`);
    }
    if (sha256(bytes) === digest) return bytes.toString('utf8');
    setObjectAside(digest);
    return undefined;
  };

  return {
    path: layout.object,
    sizeOf,
    has,
    hasOutputs,
    verify,
    publish: (files) => publish(layout, files),
    adopt,
    temporaryFile: (digest) => temporaryFile(layout, digest),
    putText: async (text) => putText(layout, text, has),
    readText,
  };
}

function publish(layout: Layout, files: Iterable<StagedFile>): Failure | undefined {
  const distinct = new Map<Digest, StagedFile>();
  for (const file of files) {
    const failure = checkStaged(file);
    if (failure !== undefined) return failure;
    distinct.set(file.digest, file);
  }
  const folders = new Set<string>();
  for (const file of distinct.values()) {
    const path = layout.object(file.digest);
    makeFolder(dirname(path));
    makeRoomForFile(layout, path, file.digest);
    moveInPlace(file.path, path);
    folders.add(dirname(path));
  }
  for (const folder of folders) syncFolder(folder);
  return undefined;
}

function temporaryFile(layout: Layout, digest: Digest): string {
  const path = layout.object(digest);
  makeFolder(dirname(path));
  return join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
}

function putText(layout: Layout, text: string, has: Objects['has']): Digest {
  const digest = sha256(text);
  const path = layout.object(digest);
  try {
    if (has({ digest, bytes: Buffer.byteLength(text) })) return digest;
    makeFolder(dirname(path));
    makeRoomForFile(layout, path, digest);
    writeFileAtomic(path, text, { mode: readOnly });
  } catch (error) {
    rethrowAsFailure(error, `writing object ${digest.slice(0, 12)}`);
  }
  return digest;
}

/** Whether the file's bytes have this digest; a file that the disk cannot give back has not. */
async function readsAs(digest: Digest, path: string): Promise<boolean> {
  try {
    return (await hashFile(path)).digest === digest;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EIO' || code === 'ENOENT') return false;
    rethrowAsFailure(error, `reading object ${digest.slice(0, 12)}`);
  }
}

function checkStaged(file: StagedFile): Failure | undefined {
  const stat = lstatSync(file.path, { throwIfNoEntry: false });
  if (stat?.isFile() === true && stat.size === file.bytes) return undefined;
  const found = stat === undefined ? 'is not there' : stat.isFile() ? `has ${stat.size} bytes` : 'is no file';
  return {
    reason: 'output-missing',
    message: `The output ${basename(file.path)} was announced with ${file.bytes} bytes and ${found}.`,
    hint: 'Nothing may change an output after the step has ended; look for a program that it left running.',
  };
}

function moveInPlace(from: string, to: string): void {
  if (lstatSync(from).nlink === 1) {
    chmodSync(from, readOnly);
    renameSync(from, to);
    return;
  }
  // Other names lead to the same bytes, and whoever writes through them would change the object: copy.
  const copy = `${from}.${randomBytes(4).toString('hex')}`;
  try {
    copyFileSync(from, copy, constants.COPYFILE_EXCL);
    chmodSync(copy, readOnly);
    const file = openSync(copy, 'r');
    try {
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(copy, to);
  } catch (error) {
    rmSync(copy, { force: true });
    throw error;
  }
}
