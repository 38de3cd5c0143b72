import { dirname, isAbsolute } from 'node:path';
import type { ExternalFile } from '../../kind.js';

/** Whether an entry of `files` is a pattern. */
export function isPattern(path: string): boolean {
  return /[*?]/.test(path);
}

/** The folders before any wildcard; empty where the pattern begins with one. */
export function baseOf(pattern: string): string {
  const above = dirname(pattern.slice(0, pattern.search(/[*?]/) + 1));
  return above === '.' ? '' : above;
}

/** `*` and `?` within a name, `**` for folders at any depth. */
export function patternOf(pattern: string): RegExp {
  const source = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replace(/\*\*\/|\*\*|\*|\?/g, (wildcard) => {
    if (wildcard === '**/') return '(?:.*/)?';
    if (wildcard === '**') return '.*';
    return wildcard === '*' ? '[^/]*' : '[^/]';
  });
  return new RegExp(`^${source}$`, 's');
}

/** Whether a path is a place or lies below it. */
export function isAtOrIn(path: string, place: string): boolean {
  const folder = place.replace(/\/+$/, '');
  return path === folder || path.startsWith(`${folder}/`);
}

/**
 * The name in the key of what is declared by an absolute path, or lies in a folder that is: the end of the path, from a
 * slash on, as long as it takes to tell those folders and files apart. So a file counts by its content, in whoever's
 * folders it lies. Undefined of any other path.
 */
export function outsideName(path: string, entries: readonly string[]): string | undefined {
  const bases = [...new Set(entries.filter((entry) => isAbsolute(entry)).map(baseOfEntry))];
  const base = bases
    .filter((one) => isAtOrIn(path, one))
    .reduce((longest, one) => (one.length > longest.length ? one : longest), '');
  if (base === '') return undefined;
  const ends = (count: number) => bases.map((one) => one.split('/').slice(-count).join('/'));
  let count = 1;
  while (new Set(ends(count)).size < bases.length) count++;
  return `/${ends(count)[bases.indexOf(base)]?.replace(/^\//, '')}${path.slice(base.length)}`;
}

/** The name in the key of a path: of one of these files or programs, or of a folder that files were declared by. */
export function nameOfPath(path: string, files: readonly ExternalFile[]): string | undefined {
  for (const file of files) {
    if (file.path === path && file.name.startsWith('/')) return file.name;
    if (!/^\/(?!\/)/.test(file.name) || !isAtOrIn(file.path, path)) continue;
    const below = file.path.slice(path.length);
    if (file.name.length > below.length) return file.name.slice(0, file.name.length - below.length);
  }
  return undefined;
}

/** The path that a name in the key stands for, by the paths of files with such names. */
export function pathNamed(name: string, files: { readonly [name: string]: string }): string | undefined {
  if (Object.hasOwn(files, name)) return files[name];
  const found = Object.entries(files).find(([one]) => isAtOrIn(one, name));
  if (found === undefined) return undefined;
  const [one, path] = found;
  return `${path.slice(0, path.length - one.length)}${name}`;
}

function baseOfEntry(entry: string): string {
  return (isPattern(entry) ? baseOf(entry) : entry).replace(/\/+$/, '');
}
