import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Failure, FailureError } from '../base/failure.js';
import type { ObjectReference } from '../store/entry.js';
import { hashFile } from '../store/hash-file.js';
import { spoiltFile } from './read-document.js';
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

/** What is wrong with the folder of a run: its files, and whether its own record says what the register does. */
export async function spoiltFilesOfRun(root: string, record: RunRecord): Promise<readonly Failure[]> {
  const path = join(runFolderOf(root, identityOf(record)), 'record.json');
  const failures = await spoiltFiles(recordedFiles(root, record));
  if (!existsSync(path)) return [...failures, missingFile(path)];
  const same = readFileSync(path, 'utf8') === recordText(record);
  return same ? failures : [...failures, spoiltFile(path)];
}

/** One failure for each file that is missing or does not hold the bytes that were recorded. */
export async function spoiltFiles(files: readonly RecordedFile[]): Promise<readonly Failure[]> {
  const failures: Failure[] = [];
  for (const { path, digest, bytes } of files) {
    if (!existsSync(path)) failures.push(missingFile(path));
    else {
      const found = await hashFile(path);
      if (found.digest !== digest || found.bytes !== bytes) failures.push(spoiltFile(path));
    }
  }
  return failures;
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

function missingFile(path: string): Failure {
  return {
    reason: 'object-corrupt',
    message: `${path} is missing`,
    hint: 'remove what is left of the folder of that run; kshot run makes its results again from the cache',
  };
}
