import { readdirSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { formatCount } from '../../base/quantities.js';

/** The files that a path stands for, and what people should know of how they were chosen. */
export interface InputParts {
  readonly files: readonly string[];
  /** What chose them, where the path is not that of one file. */
  readonly pattern?: string;
  /** Why there are none. */
  readonly lack?: string;
  readonly remarks: readonly string[];
}

/**
 * The files that a path stands for: itself, the files of a folder, or those that a pattern matches (`*` and `?` within
 * a name, `**` for folders at any depth), sorted by name; hidden ones and those that begin with `_`, which programs
 * leave beside their parts, are none. A path without wildcards that leads nowhere is given back as it is. A file to which several
 * names lead by links is one, and stands under its own name where that is among them, else under the first.
 *
 * @param path relative to `root`, or absolute; the parts are given in the same way
 */
export function partsOf(path: string, root: string): InputParts {
  const kind = kindOf(resolve(root, path));
  if (kind === 'file') return { files: [path], remarks: [] };
  const pattern = kind === 'folder' ? join(path, '*') : path;
  if (!hasWildcard(pattern)) return { files: [path], remarks: [] };
  const found = matching(pattern, root);
  const { files, remarks } = eachOnce(pathsOf(found, 'file'), pattern, root);
  return {
    files,
    pattern,
    ...(files.length > 0 ? {} : { lack: lackOf(path, kind === 'folder', root) }),
    remarks: [
      ...remarks,
      ...leadingNowhere(pathsOf(found, 'nowhere')),
      ...(kind === 'folder' && files.length > 0 ? unreadBelow(path, root) : []),
    ],
  };
}

/**
 * Whether a file at this path would be one of a pattern's.
 *
 * @param path absolute; `*` in it stands for what is not known yet
 * @param pattern relative to `root`, or absolute
 */
export function mayMatch(path: string, pattern: string, root: string): boolean {
  const base = baseOf(pattern);
  const wanted = relative(base, pattern).split(sep);
  return [resolve(root, base), realPath(resolve(root, base))].some((folder) => {
    const names = relative(folder, path).split(sep);
    if (names.some((name) => isHidden(name))) return false;
    return overlap(wanted, names, '**', (one, other) =>
      overlap([...one], [...other], '*', (a, b) => a === b || a === '?'),
    );
  });
}

/** Whether something is in both of two sequences, in which `any` stands for any number of elements. */
function overlap(
  pattern: readonly string[],
  other: readonly string[],
  any: string,
  isSame: (one: string, other: string) => boolean,
): boolean {
  // Whether what is left of both, from their ends on, overlaps.
  let below = other.map(() => false);
  below.push(true);
  for (let step = other.length - 1; step >= 0; step--)
    below[step] = other[step] === any && below[step + 1] === true;
  for (const one of pattern.toReversed()) {
    const row: boolean[] = [];
    for (let at = other.length; at >= 0; at--) {
      const next = other[at];
      row[at] =
        one === any || next === any
          ? below[at] === true || row[at + 1] === true
          : next !== undefined && isSame(one, next) && below[at + 1] === true;
    }
    below = row;
  }
  return below[0] === true;
}

/** Why a folder or pattern gives no file. */
function lackOf(path: string, isFolder: boolean, root: string): string {
  if (!isFolder) return `no file matches ${path}`;
  const [inside] = [...below(path, root)].flatMap((folder) => filesIn(folder, root));
  if (inside !== undefined)
    return `${path} holds folders alone; path: "${join(path, '**', '*')}" takes the files in them, such as ${inside}`;
  const hidden = namesIn(path, root).find(isHidden);
  return hidden === undefined
    ? `${path} is a folder that holds no file`
    : `${path} holds no file that is read: names that begin with . or _ are passed over, such as ${hidden}`;
}

/** Leaves out names that lead to a file by a link where another name leads to it too. */
function eachOnce(paths: readonly string[], pattern: string, root: string): InputParts {
  const base = resolve(root, baseOf(pattern));
  const chosen = new Map<string, string>();
  for (const path of paths) {
    const real = realPath(resolve(root, path));
    const isOwn = real === join(realPath(base), relative(base, resolve(root, path)));
    if (isOwn || !chosen.has(real)) chosen.set(real, path);
  }
  const files = [...chosen.values()].sort();
  const taken = new Set(files);
  const left = paths.filter((path) => !taken.has(path));
  const remarks = left.slice(0, 1).map((path) => {
    const others = left.length === 1 ? '' : `, and ${formatCount(left.length - 1, 'more name')}`;
    return `${path} leads to ${chosen.get(realPath(resolve(root, path)))}${others}: a file is read once, however many links lead to it`;
  });
  return { files, remarks };
}

/** That there are links which would be read if they led anywhere. */
function leadingNowhere([first, ...others]: readonly string[]): string[] {
  if (first === undefined) return [];
  const more = others.length === 0 ? '' : `, and ${formatCount(others.length, 'more such link')}`;
  return [`${first} is a link that leads nowhere${more}: nothing of it is read`];
}

/** The folders that a pattern begins with, before any wildcard. */
function baseOf(pattern: string): string {
  const above = dirname(pattern);
  return hasWildcard(above) ? baseOf(above) : above;
}

/** That there are files in folders of a folder. */
function unreadBelow(folder: string, root: string): string[] {
  for (const one of below(folder, root)) {
    const [file] = filesIn(one, root);
    if (file !== undefined)
      return [
        `files in the folders of ${folder} are not read, such as ${file}; path: "${join(folder, '**', '*')}" takes them too`,
      ];
  }
  return [];
}

function matching(pattern: string, root: string): readonly FolderEntry[] {
  const names = basename(pattern);
  const above = dirname(pattern);
  const folders = names === '**' ? [] : hasWildcard(above) ? foldersMatching(above, root) : [above];
  return folders.flatMap((folder) =>
    entriesOf(folder, root).filter(({ path }) => matchesName(basename(path), names)),
  );
}

function foldersMatching(pattern: string, root: string): string[] {
  const name = basename(pattern);
  const above = dirname(pattern);
  const parents = hasWildcard(above) ? foldersMatching(above, root) : [above];
  if (name === '**') return [...new Set(parents.flatMap((folder) => [folder, ...below(folder, root)]))];
  return parents.flatMap((folder) =>
    foldersIn(folder, root).filter((one) => matchesName(basename(one), name)),
  );
}

/** All folders below, each once: a link may lead back up, or to one that is there by its own name. */
function* below(folder: string, root: string): Generator<string> {
  const seen = new Set([realPath(resolve(root, folder))]);
  const linked: string[] = [];
  const waiting = [folder];
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift() ?? linked.shift()) {
    const real = realPath(resolve(root, next));
    if (next !== folder) {
      if (seen.has(real)) continue;
      seen.add(real);
      yield next;
    }
    for (const one of foldersIn(next, root)) {
      const isOwn = realPath(resolve(root, one)) === join(real, basename(one));
      (isOwn ? waiting : linked).push(one);
    }
  }
}

function filesIn(folder: string, root: string): string[] {
  return pathsOf(entriesOf(folder, root), 'file');
}

function foldersIn(folder: string, root: string): string[] {
  return pathsOf(entriesOf(folder, root), 'folder');
}

type PathKind = 'file' | 'folder' | 'nowhere';

interface FolderEntry {
  readonly path: string;
  readonly kind: PathKind;
}

/** The paths of one kind, sorted. */
function pathsOf(entries: readonly FolderEntry[], kind: PathKind): string[] {
  return entries
    .filter((one) => one.kind === kind)
    .map(({ path }) => path)
    .sort();
}

function entriesOf(folder: string, root: string): readonly FolderEntry[] {
  return namesIn(folder, root)
    .filter((name) => !isHidden(name))
    .map((name) => join(folder, name))
    .map((path) => ({ path, kind: kindOf(resolve(root, path)) }));
}

/** None where there is no such folder, or it cannot be read. */
function namesIn(folder: string, root: string): readonly string[] {
  try {
    return readdirSync(resolve(root, folder));
  } catch {
    return [];
  }
}

function hasWildcard(path: string): boolean {
  return /[*?]/.test(path);
}

/** Whether it is a name that programs give to what they leave beside their parts. */
function isHidden(name: string): boolean {
  return /^[._]/.test(name);
}

function matchesName(name: string, pattern: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's').test(name);
}

function kindOf(path: string): PathKind {
  try {
    return statSync(path).isDirectory() ? 'folder' : 'file';
  } catch {
    return 'nowhere';
  }
}

/** Without links; the path itself where nothing is there. */
function realPath(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return path;
  }
}
