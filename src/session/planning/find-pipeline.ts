import { readFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import type { Failure } from '../../base/failure.js';
import {
  isFileAt,
  isFolderAt,
  lookAtPath,
  namesInFolder,
  type PathTrouble,
  pathFailure,
  pathTrouble,
  shortPath,
} from '../../base/files/user-path.js';
import { suggestion } from '../../base/nearest-name.js';
import { failed, type Result, success } from '../../base/result.js';

/**
 * The root of the project that `folder` is in: `--root` where given, else the nearest folder upwards that holds
 * `pipelines/`.
 */
export function findRoot(folder: string, given?: string): Result<string, Failure> {
  if (given !== undefined) {
    const root = resolve(folder, given);
    if (isFolderAt(root)) return success(root);
    return failed({ reason: 'file-not-found', message: `--root ${shortPath(given)} is not a folder` });
  }
  for (let at = resolve(folder); ; at = dirname(at)) {
    if (isFolderAt(join(at, 'pipelines'))) return success(at);
    if (dirname(at) === at) break;
  }
  return failed({
    reason: 'file-not-found',
    message: `no pipelines/ in ${resolve(folder)} or any folder above it`,
    hint: 'start kshot inside a project, or name its folder with --root',
  });
}

/**
 * The pipeline to work on, relative to the root: the file as given (relative to `folder`, else to the root), else the
 * only one in `pipelines/`, else the one that says `default: true`.
 */
export function findPipeline(root: string, folder: string, given?: string): Result<string, Failure> {
  const pipelines = join(root, 'pipelines');
  if (given !== undefined) {
    const found = fileNamed(root, folder, given);
    return found === undefined ? failed(noPipeline(root, folder, given)) : success(relativePath(root, found));
  }
  const listed = namesInFolder(pipelines);
  if (!listed.ok && listed.failure === 'not-allowed')
    return failed(pathFailure('pipelines/', listed.failure));
  const files = pipelinesIn(root);
  const [first] = files;
  if (first !== undefined && files.length === 1) return success(`pipelines/${first}`);
  const defaults = files.filter((name) =>
    /^default\s*:\s*true\s*(?:#.*)?$/m.test(textOfFile(join(pipelines, name))),
  );
  const [marked] = defaults;
  if (marked !== undefined && defaults.length === 1) return success(`pipelines/${marked}`);
  const names = files.map((name) => `pipelines/${name}`);
  return failed({
    reason: 'file-not-found',
    message:
      files.length === 0
        ? 'there is no pipeline in pipelines/'
        : defaults.length === 0
          ? `there are ${files.length} pipelines, and none says default: true`
          : `${defaults.length} pipelines say default: true: ${defaults.join(', ')}`,
    hint:
      files.length === 0
        ? 'write pipelines/NAME.yaml, or name a file ending in .yaml'
        : `name one: ${names.slice(0, 8).join(', ')}`,
  });
}

/** The names of the files in `pipelines/`, sorted. */
export function pipelinesIn(root: string): readonly string[] {
  const folder = join(root, 'pipelines');
  const names = namesInFolder(folder);
  return (names.ok ? names.value : [])
    .filter((name) => isPipelineName(name) && isFileAt(join(folder, name)))
    .sort();
}

/** Nothing where it may not be read, which whoever names the file is told. */
function textOfFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (pathTrouble(error) === undefined) throw error;
    return '';
  }
}

/** What is said of a file that is not there, or is no pipeline. */
export function noPipeline(root: string, folder: string, given: string): Failure {
  const isThere = fileNamed(root, folder, given) !== undefined;
  const trouble = isThere ? undefined : troubleOf(resolve(folder, given));
  if (trouble !== undefined && trouble !== 'absent') return pathFailure(given, trouble);
  const hint = suggestion(basename(given), pipelinesIn(root), (name) => `pipelines/${name}`);
  return {
    reason: 'file-not-found',
    message: isThere
      ? `${given} is no pipeline, whose name ends in .yaml`
      : `there is no file ${shortPath(given)}`,
    ...(hint === undefined ? {} : { hint }),
  };
}

/** The file or folder that is named, relative to `folder` or else to the root; undefined where there is none. */
function fileNamed(root: string, folder: string, given: string): string | undefined {
  return [resolve(folder, given), resolve(root, given)].find((file) => troubleOf(file) === undefined);
}

function troubleOf(path: string): PathTrouble | undefined {
  const look = lookAtPath(path);
  return look.ok ? undefined : look.failure;
}

/** Whether a file is a pipeline by its name. */
export function isPipelineName(name: string): boolean {
  return /\.ya?ml$/.test(name);
}

/** Whether a target can only be meant for a file: no step has such a name, and a node has brackets or is a `STEP/PORT`. */
export function looksLikePath(target: string): boolean {
  const isDerived = /^\w+\/\w+$/.test(target) && !target.startsWith('pipelines/');
  return /\.\w+$|\//.test(target) && !/[[@]/.test(target) && !isDerived;
}

function relativePath(root: string, file: string): string {
  const path = relative(root, file);
  return path.startsWith('..') ? file : path.split(sep).join('/');
}
