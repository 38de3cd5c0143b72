import { readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

/**
 * The files that a path stands for: itself, the files of a folder, or those that a pattern matches (`*` and `?` within
 * a name, `**` for folders at any depth), sorted by name; hidden ones and those that begin with `_`, which programs
 * leave beside their parts, are none. A path that stands for nothing is given back as it is.
 *
 * @param path relative to `root`, or absolute; the parts are given in the same way
 */
export function partsOf(path: string, root: string): readonly string[] {
  const kind = kindOf(resolve(root, path));
  if (kind === 'file') return [path];
  const pattern = kind === 'folder' ? join(path, '*') : path;
  if (!/[*?]/.test(pattern)) return [path];
  const found = matching(pattern, root).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return found.length === 0 ? [path] : found;
}

function matching(pattern: string, root: string): string[] {
  const names = basename(pattern);
  const above = dirname(pattern);
  const folders = names === '**' ? [] : /[*?]/.test(above) ? foldersMatching(above, root) : [above];
  return folders.flatMap((folder) =>
    entriesOf(folder, root)
      .filter((name) => matchesName(name, names))
      .map((name) => join(folder, name))
      .filter((path) => kindOf(resolve(root, path)) === 'file'),
  );
}

function foldersMatching(pattern: string, root: string): string[] {
  const name = basename(pattern);
  const above = dirname(pattern);
  const parents = /[*?]/.test(above) ? foldersMatching(above, root) : [above];
  if (name === '**') return [...new Set(parents.flatMap((folder) => [folder, ...below(folder, root)]))];
  return parents.flatMap((folder) =>
    foldersIn(folder, root).filter((one) => matchesName(basename(one), name)),
  );
}

/** All folders below, in the depth that a path may have: a link may lead round in a circle. */
function below(folder: string, root: string, depth = 0): string[] {
  if (depth === 32) return [];
  return foldersIn(folder, root).flatMap((one) => [one, ...below(one, root, depth + 1)]);
}

function foldersIn(folder: string, root: string): string[] {
  return entriesOf(folder, root)
    .map((name) => join(folder, name))
    .filter((path) => kindOf(resolve(root, path)) === 'folder');
}

function entriesOf(folder: string, root: string): string[] {
  try {
    return readdirSync(resolve(root, folder)).filter((name) => !/^[._]/.test(name));
  } catch {
    return [];
  }
}

function matchesName(name: string, pattern: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's').test(name);
}

function kindOf(path: string): 'file' | 'folder' | undefined {
  try {
    return statSync(path).isDirectory() ? 'folder' : 'file';
  } catch {
    return undefined;
  }
}
