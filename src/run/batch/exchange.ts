import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Failure } from '../../base/failure.js';
import type { Progress } from '../../kinds/kind-body.js';
import type { Executed, ExecuteRequest } from '../executor.js';
import type { Build } from './own-build.js';

/**
 * The files by which a run and its jobs talk: both see the same folders. A pool holds requests that any of its jobs may
 * execute. A job takes one by renaming it, which one of them alone can do; so a job that started has work whatever
 * became of the run, and requests of a second run wait in nobody's way.
 */
export const poolFiles = (folder: string) => ({
  /** What is the same for all requests: `PoolRecord`. */
  record: join(folder, 'pool.json'),
  /** `<id>`: the folder of a request that no job has. */
  requests: join(folder, 'requests'),
  /** `<id>.<job>`: the same, of one that a job has or had. */
  taken: join(folder, 'taken'),
  /** `<id>`: its answer is in its folder. */
  answered: join(folder, 'answered'),
  /** `<job>`: the exit code of its command. */
  ended: join(folder, 'ended'),
  /** There while nothing more will be asked for. */
  closed: join(folder, 'closed'),
  /** What jobs printed beside what their steps did. */
  logs: join(folder, 'log'),
});

/** The files of one request, in the folder of its key, which outlives the run. */
export const requestFiles = (folder: string) => ({
  /** `SentRequest`. */
  request: join(folder, 'request.json'),
  /** A line of JSON for each `JobMessage`. */
  messages: join(folder, 'messages'),
  /** `Answer`. */
  answer: join(folder, 'answer.json'),
  outputs: join(folder, 'outputs'),
  scratch: join(folder, 'scratch'),
});

/** All of plain JSON. */
export interface PoolRecord {
  /** The name of its jobs. */
  readonly name: string;
  /** What its jobs must be started with. */
  readonly build: Build;
  /** How long a job may run. */
  readonly limitSeconds?: number;
  /** How long a request may take at most. */
  readonly requestSeconds?: number;
}

export interface SentRequest {
  readonly id: string;
  /** The folder of its pool. */
  readonly pool: string;
  readonly request: ExecuteRequest;
}

/** What a job says while it executes a request. */
export type JobMessage =
  | { readonly type: 'begun'; readonly job: string; readonly host: string }
  | { readonly type: 'progress'; readonly progress: Progress }
  | { readonly type: 'log'; readonly line: string }
  | { readonly type: 'note'; readonly line: string };

export type Answer =
  | { readonly type: 'finished'; readonly executed: Executed }
  | { readonly type: 'failed'; readonly failure: Failure };

/** The names in a folder, in order; none where it is not there. A network file system tells of new ones when it is listed. */
export function namesInOrder(folder: string): readonly string[] {
  try {
    // Those with a dot in front are being written.
    return readdirSync(folder)
      .filter((name) => !name.startsWith('.'))
      .sort();
  } catch {
    return [];
  }
}

/** What a file of the exchange says; undefined where it is not there yet, or not whole. */
export function readExchanged<Value>(file: string): Value | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Value;
  } catch {
    return undefined;
  }
}

/**
 * Whether a job is still to do what it was asked for: not where whoever asked has taken it back, asked anew, or given it
 * to another job, because this one counted as gone.
 */
export function isStillWanted({ id, pool, request }: SentRequest, job: string): boolean {
  const now = readExchanged<SentRequest>(requestFiles(request.jobFolder).request);
  return now?.id === id && now.pool === pool && existsSync(join(poolFiles(pool).taken, `${id}.${job}`));
}

/**
 * Removes a folder in which a job may be writing: out of its reach first, as one that is being written to cannot be
 * removed. What cannot be removed now stays, and is in nobody's way.
 *
 * @throws the system's error where it cannot be moved
 */
export function removeFolder(folder: string): void {
  const aside = `${folder}.${Math.random().toString(16).slice(2, 8)}.removed`;
  try {
    renameSync(folder, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  try {
    rmSync(aside, { recursive: true, force: true, maxRetries: 3, retryDelay: 20 });
  } catch {
    // A job has files of it open.
  }
}

/** `<id>.<job>` */
export function splitTaken(name: string): { readonly id: string; readonly job: string } {
  const dot = name.indexOf('.');
  return { id: name.slice(0, dot), job: name.slice(dot + 1) };
}
