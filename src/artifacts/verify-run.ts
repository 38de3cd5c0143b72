import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Digest, sha256 } from '../base/canonical.js';
import { type Failure, FailureError } from '../base/failure.js';
import type { ObjectReference } from '../store/entry.js';
import { hashFile } from '../store/hash-file.js';
import { missingFile, readDocument, spoiltFile } from './read-document.js';
import { identityOf, type RunRecord, recordText, runFolderOf } from './register.js';

/** A file of a run with what the run recorded of it. */
export interface RecordedFile extends ObjectReference {
  /** Absolute. */
  readonly path: string;
}

/** The files of a run as it recorded them, whose names relative to its folder start so. */
export function recordedFiles(root: string, record: RunRecord, prefix = ''): readonly RecordedFile[] {
  const folder = runFolderOf(root, identityOf(record));
  return Object.entries(record.files)
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, reference]) => ({ path: join(folder, ...name.split('/')), ...reference }));
}

/** One of them, by its name there; undefined where the run recorded none. */
export function recordedFile(root: string, record: RunRecord, name: string): RecordedFile | undefined {
  const reference = record.files[name];
  if (reference === undefined) return undefined;
  return { path: join(runFolderOf(root, identityOf(record)), ...name.split('/')), ...reference };
}

/** What is wrong with the folder of a run: its files, and whether its own record says what the register does. */
export async function spoiltFilesOfRun(root: string, record: RunRecord): Promise<readonly Failure[]> {
  const path = join(runFolderOf(root, identityOf(record)), 'record.json');
  const failures = await spoiltFiles(recordedFiles(root, record));
  if (!existsSync(path)) return [...failures, missingFile(path)];
  return isRecordAt(path, record) ? failures : [...failures, spoiltFile(path)];
}

/** Whether a file is a run's record, under whatever name: its folder may have been renamed. */
function isRecordAt(path: string, record: RunRecord): boolean {
  const { pipeline, run } = record;
  try {
    return recordText({ ...(readDocument(path) as RunRecord), pipeline, run }) === recordText(record);
  } catch (error) {
    if (error instanceof FailureError) return false;
    throw error;
  }
}

/** One failure for each file that is missing or does not hold the bytes that were recorded. */
export async function spoiltFiles(files: readonly RecordedFile[]): Promise<readonly Failure[]> {
  const failures: Failure[] = [];
  for (const { path, digest, bytes } of files) {
    const size = statSync(path, { throwIfNoEntry: false })?.size;
    if (size === undefined) failures.push(missingFile(path));
    else if (size !== bytes || (await digestOf(path, bytes)) !== digest) failures.push(spoiltFile(path));
  }
  return failures;
}

/** Beyond these other things go on while a file is read; below, handing it to another thread takes longer than to read it. */
const smallBytes = 1 << 20;

async function digestOf(path: string, bytes: number): Promise<Digest> {
  return bytes <= smallBytes ? sha256(readFileSync(path)) : (await hashFile(path)).digest;
}

/**
 * Verifies files of runs before a number is read from them.
 *
 * @throws FailureError `object-corrupt` that names all that are missing or changed
 */
export async function verifyRecordedFiles(files: readonly RecordedFile[]): Promise<void> {
  const [first, ...others] = await spoiltFiles(files);
  if (first === undefined) return;
  throw new FailureError({ ...first, details: others.map(({ message }) => message) });
}
