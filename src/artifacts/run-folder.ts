import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, rmdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Failure } from '../base/failure.js';
import { folderObstacle } from '../base/files/folders.js';
import { makeFolders } from '../base/files/make-folders.js';
import { failed, type Result, success } from '../base/result.js';

/** A run's folder, made for it alone. */
export interface RunFolder {
  readonly run: string;
  /** `artifacts/<pipeline>/<run>`, absolute. */
  readonly path: string;
  /** Where steps write their logs, absolute. */
  readonly logs: string;
  /** Where links to what its nodes wrote may be made, absolute; not there yet. */
  readonly nodes: string;
}

/**
 * Makes the folder of a new run. The default tag is the UTC time with a random suffix; a given one must not be taken
 * and may hold letters, digits, `.`, `_` and `-` only, because it becomes a folder's name and a value in tables.
 */
export function createRunFolder(
  root: string,
  pipeline: string,
  now: Date,
  tag?: string,
): Result<RunFolder, Failure> {
  const refused = tag === undefined ? undefined : unfitTag(tag);
  if (refused !== undefined) return failed(refused);
  const run = tag ?? automaticTag(now);
  const path = join(root, 'artifacts', pipeline, run);
  const obstacle = folderObstacle(join(root, 'artifacts')) ?? folderObstacle(dirname(path));
  if (obstacle !== undefined) return failed(obstacle);
  makeFolders(join(root, 'artifacts', pipeline));
  try {
    mkdirSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return failed(takenTag(pipeline, run));
  }
  const logs = join(path, 'logs');
  try {
    mkdirSync(logs);
  } catch (error) {
    rmdirSync(path);
    throw error;
  }
  return success({ run, path, logs, nodes: join(path, 'nodes') });
}

/** `20260107-101500-3f9c` */
function automaticTag(now: Date): string {
  const time = now.toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
  return `${time}-${randomBytes(2).toString('hex')}`;
}

/** Why no run of a pipeline can be given a tag; undefined where one can. */
export function refusedTag(root: string, pipeline: string, tag: string): Failure | undefined {
  const isTaken = () => existsSync(join(root, 'artifacts', pipeline, tag));
  return unfitTag(tag) ?? (isTaken() ? takenTag(pipeline, tag) : undefined);
}

function unfitTag(tag: string): Failure | undefined {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(tag)) {
    return {
      reason: 'usage',
      message: `--tag ${JSON.stringify(tag)} cannot name a run`,
      hint: 'use up to 64 letters, digits, dots, dashes and underscores, beginning with a letter or digit',
    };
  }
  if (tag !== 'latest') return undefined;
  return {
    reason: 'usage',
    message: '--tag latest: latest stands for whatever run is the latest',
    hint: 'choose another --tag, or leave it out',
  };
}

function takenTag(pipeline: string, run: string): Failure {
  return {
    reason: 'usage',
    message: `there is a run ${pipeline}/${run} already`,
    hint: 'choose another --tag, or leave it out',
  };
}
