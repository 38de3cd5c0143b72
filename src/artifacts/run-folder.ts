import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Failure } from '../base/failure.js';
import { folderObstacle } from '../base/files/folders.js';
import { makeFolders } from '../base/files/make-folders.js';
import { writeFile } from '../base/files/write-file.js';
import { failed, type Result, success } from '../base/result.js';
import { type RunBeginning, startedName, startedText } from './runs/started-run.js';

/** A run's folder, made for it alone. */
export interface RunFolder {
  readonly run: string;
  /** Whether somebody gave it its tag. */
  readonly isNamed: boolean;
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
  beginning: RunBeginning = {},
): Result<RunFolder, Failure> {
  const refused = tag === undefined ? undefined : unfitTag(tag);
  if (refused !== undefined) return failed(refused);
  const run = tag ?? automaticTag(now);
  const path = join(root, 'artifacts', pipeline, run);
  const obstacle = folderObstacle(join(root, 'artifacts')) ?? folderObstacle(dirname(path));
  if (obstacle !== undefined) return failed(obstacle);
  const parent = join(root, 'artifacts', pipeline);
  makeFolders(parent);
  // It comes to be with what says whose it is; a folder that holds something is not put in the place of another.
  const fresh = join(parent, `.starting-${randomBytes(8).toString('hex')}`);
  const logs = join(path, 'logs');
  try {
    mkdirSync(join(fresh, 'logs'), { recursive: true });
    writeFile(join(fresh, startedName), startedText(beginning, now));
    if (existsSync(path)) return failed(takenTag(pipeline, run));
    renameSync(fresh, path);
  } catch (error) {
    if (!isTaken(error)) throw error;
    return failed(takenTag(pipeline, run));
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  return success({ run, isNamed: tag !== undefined, path, logs, nodes: join(path, 'nodes') });
}

function isTaken(error: unknown): boolean {
  return ['EEXIST', 'ENOTEMPTY', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');
}

/** `20260107-101500-3f9c` */
function automaticTag(now: Date): string {
  const time = now.toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
  return `${time}-${randomBytes(2).toString('hex')}`;
}

/**
 * Why no run of a pipeline can be given a tag; undefined where one can.
 *
 * @param option what the tag was given by, with a space behind it; empty of an argument
 */
export function refusedTag(
  root: string,
  pipeline: string,
  tag: string,
  option = '--tag ',
): Failure | undefined {
  return (
    unfitTag(tag, option) ??
    (isPipeline(root, pipeline, tag) ? pipelineTag(tag, option) : undefined) ??
    (existsSync(join(root, 'artifacts', pipeline, tag)) ? takenTag(pipeline, tag, option) : undefined)
  );
}

/** Whether a name stands for the latest run of a pipeline. */
function isPipeline(root: string, pipeline: string, name: string): boolean {
  const folder = statSync(join(root, 'artifacts', name), { throwIfNoEntry: false });
  return name === pipeline || folder?.isDirectory() === true;
}

function pipelineTag(tag: string, option: string): Failure {
  return {
    reason: 'usage',
    message: `${option}${tag}: ${tag} stands for the latest run of the pipeline ${tag}`,
    hint: otherTag(option),
  };
}

function unfitTag(tag: string, option = '--tag '): Failure | undefined {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(tag)) {
    return {
      reason: 'usage',
      message: `${option}${JSON.stringify(tag)} cannot name a run`,
      hint: 'use up to 64 letters, digits, dots, dashes and underscores, beginning with a letter or digit',
    };
  }
  if (tag !== 'latest') return undefined;
  return {
    reason: 'usage',
    message: `${option}latest: latest stands for whatever run is the latest`,
    hint: otherTag(option),
  };
}

function takenTag(pipeline: string, run: string, option = '--tag '): Failure {
  return {
    reason: 'usage',
    message: `there is a run ${pipeline}/${run} already`,
    hint: otherTag(option),
  };
}

function otherTag(option: string): string {
  return option === '' ? 'choose another name' : `choose another ${option.trimEnd()}, or leave it out`;
}
