import { readFileSync } from 'node:fs';
import { type Failure, FailureError } from '../base/failure.js';

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
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new FailureError(spoiltFile(file, cause));
  }
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
