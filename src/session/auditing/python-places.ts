import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { namesIn } from '../../base/files/folders.js';

/** What was installed for a Python, by its own name. */
export interface Distribution {
  readonly name: string;
  readonly version: string;
}

/** Where in a folder of installed packages a file is; undefined of any other. */
export function placeInPackages(
  path: string,
): { readonly folder: string; readonly below: string } | undefined {
  const [, folder, below] = /^(.*\/(?:site|dist)-packages)\/(.+)$/s.exec(path) ?? [];
  return folder === undefined || below === undefined ? undefined : { folder, below };
}

/** The source that a compiled module was made of; any other path as it is. */
export function sourceOf(path: string): string {
  return path.replace(/__pycache__\/([^/]+?)\.[^/.]+-\d+(?:\.opt-\d)?\.pyc$/s, '$1.py');
}

/**
 * Whether a file belongs to an interpreter itself: its library and what it starts with, not what was installed for it.
 *
 * @param interpreter absolute, without links
 */
export function isOfInterpreter(path: string, interpreter: string): boolean {
  if (path === interpreter || path.endsWith('/pyvenv.cfg')) return true;
  const prefix = interpreter.replace(/\/bin\/[^/]*$/, '');
  if (!path.startsWith(`${prefix}/`) || placeInPackages(path) !== undefined) return false;
  return /^\/lib(?:64)?\/(?:(?:python|pypy)\d[\d.]*(?:\/|$)|python\d+\.zip$|libpython)/.test(
    path.slice(prefix.length),
  );
}

/** Names of distributions that are one for Python are one here. */
export function distributionKey(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-');
}

/** Finds the distributions that a file in a folder of installed packages may be of; reads each folder once. */
export function createDistributionFinder(): (folder: string, below: string) => readonly Distribution[] {
  const folders = new Map<string, Owners>();
  return (folder, below) => {
    const owners = folders.get(folder) ?? ownersIn(folder);
    folders.set(folder, owners);
    return owners.get(stemOf(sourceOf(below))) ?? [];
  };
}

/** By what stands before the first dot of the names that they have put into the folder. */
type Owners = ReadonlyMap<string, readonly Distribution[]>;

function ownersIn(folder: string): Owners {
  const owners = new Map<string, Distribution[]>();
  for (const record of namesIn(folder)) {
    if (!/\.(?:dist|egg)-info$/.test(record)) continue;
    const place = join(folder, record);
    const distribution = describedAt(place, record);
    for (const top of topsOf(place, distribution)) {
      owners.set(top, [...(owners.get(top) ?? []), distribution]);
    }
  }
  return owners;
}

function describedAt(place: string, record: string): Distribution {
  const isFolder = statSync(place, { throwIfNoEntry: false })?.isDirectory() === true;
  const files = isFolder ? ['METADATA', 'PKG-INFO'].map((name) => join(place, name)) : [place];
  const text = files.map(textAt).find((one) => one !== '') ?? '';
  const [, name] = /^Name: *(\S+)/m.exec(text) ?? [];
  const [, version] = /^Version: *(\S+)/m.exec(text) ?? [];
  const [before = '', after = ''] = record.replace(/(?:-py[\d.]+)?\.\w+-info$/, '').split('-');
  return { name: name ?? before, version: version ?? after };
}

/** By its record of files, else what it says itself, else its name. */
function topsOf(place: string, { name }: Distribution): ReadonlySet<string> {
  const recorded = textAt(join(place, 'RECORD'))
    .split('\n')
    .map((line) => line.replace(/,[^,]*,[^,]*$/, '').replaceAll('"', ''))
    .filter((path) => path !== '' && !path.startsWith('..') && !path.startsWith('/'));
  if (recorded.length > 0) return new Set(recorded.map(sourceOf).map(stemOf));
  const said = textAt(join(place, 'top_level.txt')).split(/\s+/);
  const tops = said.filter((one) => one !== '').map(stemOf);
  return new Set(tops.length > 0 ? tops : [name.replaceAll('-', '_')]);
}

/** `numpy` of `numpy/core/x.py`, of `numpy.py` and of `numpy.libs/x.so`. */
function stemOf(path: string): string {
  const [top = ''] = path.split('/');
  return top.split('.')[0] || top;
}

function textAt(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // Not all of them have it.
    return '';
  }
}
