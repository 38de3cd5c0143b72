import { readFileSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import type { Failure } from '../../base/failure.js';
import { pathFailure, pathTrouble } from '../../base/files/user-path.js';
import { failed, type Result, success } from '../../base/result.js';
import { failureAt, type LocatedEntry, type LocatedMap, type LocatedValue } from './located-value.js';
import { parseYaml } from './parse-yaml.js';

const sizeLimit = 1024 * 1024;

/**
 * Reads a pipeline file with all that it extends merged below it: maps merge key by key, anything else is replaced,
 * `null` removes what the extended file has. Every location names the file it stands in.
 */
export function readPipeline(root: string, path: string): Result<LocatedMap, Failure[]> {
  return readExtended(root, resolve(root, path), []);
}

/** Reads one file as it is, which is to be a map: without following `extends`. */
export function readMapFile(
  root: string,
  path: string,
  {
    what,
    hint,
    mayBeEmpty = false,
  }: { readonly what: string; readonly hint: string; readonly mayBeEmpty?: boolean },
): Result<LocatedMap, Failure[]> {
  const file = displayPath(root, path);
  const text = readText(path, file);
  if (!text.ok) return text;
  const parsed = parseYaml(text.value, { file });
  if (!parsed.ok) return parsed;
  if (parsed.value.type === 'map') return success(parsed.value);
  if (mayBeEmpty && isNull(parsed.value)) {
    return success({ type: 'map', location: parsed.value.location, entries: new Map() });
  }
  return failed([failureAt(parsed.value, 'invalid-value', `${what} is a map`, { hint })]);
}

function readExtended(root: string, path: string, above: readonly string[]): Result<LocatedMap, Failure[]> {
  const read = readMapFile(root, path, { what: 'a pipeline', hint: 'begin with version: 1' });
  if (!read.ok) return read;
  const extending = read.value.entries.get('extends')?.value;
  if (extending === undefined) return read;
  if (extending.type !== 'scalar' || typeof extending.value !== 'string') {
    return failed([
      failureAt(extending, 'invalid-value', 'extends names one file', { hint: 'extends: base.yaml' }),
    ]);
  }
  const chain = [...above, path];
  const extended = resolve(dirname(path), extending.value);
  // The root's own files say what its experiments are.
  if (!isInside(root, extended)) {
    return failed([
      failureAt(extending, 'invalid-value', `extends names ${extended}, which is outside the root`, {
        hint: `copy it into ${root}, and extend that`,
      }),
    ]);
  }
  if (chain.includes(extended)) {
    const loop = [...chain.slice(chain.indexOf(extended)), extended].map((file) => displayPath(root, file));
    return failed([
      failureAt(extending, 'extends-loop', `extends goes round in a circle: ${loop.join(' -> ')}`),
    ]);
  }
  const base = readExtended(root, extended, chain);
  if (!base.ok) {
    return failed(
      base.failure.map((failure) => ({ ...failure, location: failure.location ?? extending.location })),
    );
  }
  return success(overlay(withoutOwnKeys(base.value, ['default']), withoutOwnKeys(read.value, ['extends'])));
}

/** Deep merge of maps; the order is the base's, then what is new. */
function overlay(base: LocatedMap, over: LocatedMap): LocatedMap {
  const entries = new Map(base.entries);
  for (const [key, entry] of over.entries) {
    const below = entries.get(key);
    if (below !== undefined && isNull(entry.value)) entries.delete(key);
    else entries.set(key, below === undefined ? entry : mergeEntry(below, entry));
  }
  return { ...over, entries };
}

function mergeEntry(base: LocatedEntry, over: LocatedEntry): LocatedEntry {
  if (base.value.type !== 'map' || over.value.type !== 'map') return over;
  // The base's key is where a reader finds the step; what is changed has its own location.
  return { location: base.location, value: overlay(base.value, over.value) };
}

function withoutOwnKeys(map: LocatedMap, keys: readonly string[]): LocatedMap {
  return { ...map, entries: new Map([...map.entries].filter(([key]) => !keys.includes(key))) };
}

function isNull(value: LocatedValue): boolean {
  return value.type === 'scalar' && value.value === null;
}

function readText(path: string, file: string): Result<string, Failure[]> {
  try {
    const look = statSync(path);
    if (!look.isFile()) return failed([{ reason: 'file-not-found', message: `${file} is not a file` }]);
    if (look.size > sizeLimit) {
      return failed([{ reason: 'file-too-large', message: `${file} is larger than 1 MiB` }]);
    }
    return success(new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path)));
  } catch (cause) {
    const trouble = pathTrouble(cause);
    if (trouble !== undefined) return failed([pathFailure(file, trouble)]);
    if (!(cause instanceof TypeError)) throw cause;
    return failed([{ reason: 'yaml-syntax', message: `${file} is not UTF-8 text`, cause }]);
  }
}

/** Relative to the root where it is inside. */
export function displayPath(root: string, path: string): string {
  const absolute = isAbsolute(path) ? path : join(root, path);
  return isInside(root, absolute) ? relative(root, absolute) : absolute;
}

function isInside(root: string, path: string): boolean {
  const inside = relative(root, path);
  return inside !== '..' && !inside.startsWith('../') && !isAbsolute(inside);
}
