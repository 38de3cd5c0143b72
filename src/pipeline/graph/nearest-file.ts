import { type Dirent, readdirSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import type { Failure } from '../../base/failure.js';
import { isFileAt, lookAtPath, type PathTrouble, pathFailure } from '../../base/files/user-path.js';
import { didYouMean, nearestName } from '../../base/nearest-name.js';

/** Folders that hold no files of the experiment, or more than can be looked through. */
const passedOver = new Set(['node_modules', 'cache', 'artifacts', '__pycache__']);
/** How many entries of folders are looked at, at most, for a file in another folder. */
const entriesLimit = 5_000;

/** What is said of a path in a pipeline that leads to no file. */
export function unreadableFile(root: string, path: string, trouble: PathTrouble): Failure {
  return withNearestFile(root, path, pathFailure(resolve(root, path), trouble));
}

/** The failure to read a file, with the file that its path most likely stands for, if it is not there. */
export function withNearestFile(root: string, path: string, failure: Failure): Failure {
  const look = lookAtPath(resolve(root, path));
  const isAbsent = !look.ok && (look.failure === 'absent' || look.failure === 'below-a-file');
  const hint = isAbsent ? nearestFileHint(root, path) : undefined;
  return hint === undefined ? failure : { ...failure, hint };
}

/**
 * `did you mean scripts/train.py?` for a path that leads to no file: the file whose path is spelt nearest to it, else
 * the one of that name in another folder of the root.
 */
function nearestFileHint(root: string, path: string): string | undefined {
  const absolute = resolve(root, path);
  const spelt = nearestPath(absolute);
  const found = spelt !== undefined && isFileAt(spelt) ? spelt : fileNamed(root, basename(absolute));
  if (found === undefined) return undefined;
  const inside = relative(root, found);
  const shown = isAbsolute(path) || inside.startsWith('..') ? found : inside.split(sep).join('/');
  return didYouMean(shown, [shown]);
}

/** The path with every name that is not there put right by the nearest that is; undefined where none is near. */
function nearestPath(path: string): string | undefined {
  const parent = dirname(path);
  if (parent === path) return path;
  const folder = entriesOf(parent).length > 0 ? parent : nearestPath(parent);
  if (folder === undefined) return undefined;
  const names = entriesOf(folder).map(({ name }) => name);
  const name = names.includes(basename(path)) ? basename(path) : nearestName(basename(path), names);
  return name === undefined ? undefined : join(folder, name);
}

/** The only file of a name, or of one near to it, below a folder; undefined where there are several or none. */
function fileNamed(root: string, wanted: string): string | undefined {
  const files: string[] = [];
  const folders = [root];
  let looked = 0;
  for (
    let folder = folders.shift();
    folder !== undefined && looked < entriesLimit;
    folder = folders.shift()
  ) {
    for (const entry of entriesOf(folder)) {
      looked++;
      const path = join(folder, entry.name);
      if (entry.isFile()) files.push(path);
      else if (entry.isDirectory() && !entry.name.startsWith('.') && !passedOver.has(entry.name))
        folders.push(path);
    }
  }
  const same = files.filter((file) => basename(file) === wanted);
  if (same.length > 0) return same.length === 1 ? same[0] : undefined;
  const near = nearestName(
    wanted,
    files.map((file) => basename(file)),
  );
  const nearest = files.filter((file) => basename(file) === near);
  return nearest.length === 1 ? nearest[0] : undefined;
}

function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    // What cannot be listed holds nothing that could be named instead.
    return [];
  }
}
