import { existsSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Failure, FailureError } from '../base/failure.js';
import { isJsonObject, type Json, type JsonObject } from '../base/json.js';

/**
 * The JSON file of a run's folder; undefined where there is none.
 *
 * @throws FailureError `object-corrupt` where it holds something else than kshot wrote.
 */
export function readDocument(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    // A folder in its place.
    throw code === 'EISDIR' ? new FailureError(spoiltFile(file, error)) : error;
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new FailureError(spoiltFile(file, cause));
  }
}

/**
 * The same of a file that every run with results has, with what is read of it; undefined where the run's folder is gone.
 *
 * @throws FailureError `object-corrupt` where the folder is there, and the file is missing or holds something else
 */
export function readOwnDocument(file: string, lists: readonly string[]): JsonObject | undefined {
  const document = readDocument(file) as Json | undefined;
  if (document === undefined && !existsSync(dirname(file))) return undefined;
  if (document === undefined) throw new FailureError(missingFile(file));
  const holdsObjects = (list: Json | undefined) => Array.isArray(list) && list.every(isJsonObject);
  const isWhole = isJsonObject(document) && lists.every((name) => holdsObjects(document[name]));
  if (!isWhole) throw new FailureError(spoiltFile(file));
  return document;
}

/** A file of a run's folder that is not there any more. */
export function missingFile(file: string): Failure {
  return {
    reason: 'object-corrupt',
    message: `${file} is missing`,
    hint: 'remove what is left of the folder of that run; kshot run makes its results again from the cache',
  };
}

/** A file of a run's folder that is not what kshot wrote. */
export function spoiltFile(file: string, cause?: unknown): Failure {
  return {
    reason: 'object-corrupt',
    message: `${file} is not what kshot wrote`,
    hint: 'remove the folder of that run; kshot run makes its results again from the cache',
    ...(cause === undefined ? {} : { cause }),
  };
}
