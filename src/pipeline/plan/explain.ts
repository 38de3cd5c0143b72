import { canonicalText } from '../../base/canonical.js';
import { isJsonObject, type Json, type JsonObject } from '../../base/json.js';
import { own } from '../../base/own-properties.js';
import { kinds } from '../../kinds/registry.js';
import type { Digest, Entry } from '../../store/entry.js';
import type { Store } from '../../store/store.js';
import type { GraphNode } from '../graph/graph.js';
import { importDifferences } from '../imports/import-differences.js';
import type { CodeDigests } from './code-digests.js';

/** A pre-image that a key can be compared with, and whose it was. */
export interface Comparable {
  readonly preimage: JsonObject;
  /** `run maml/first`, `entry 1a2b3c4d, the most similar of maml.train`. */
  readonly source: string;
}

/** The entry of the same kind that has most in common with a pre-image; undefined where there is none. */
export async function findSimilar(
  preimage: JsonObject,
  entries: AsyncIterable<Entry> | Iterable<Entry>,
): Promise<Comparable | undefined> {
  const own = new Set(linesOf(preimage));
  let best: { readonly entry: Entry; readonly score: number } | undefined;
  for await (const entry of entries) {
    if (entry.preimage['kind'] !== preimage['kind']) continue;
    const lines = linesOf(entry.preimage);
    const shared = lines.filter((line) => own.has(line)).length;
    const score = shared / (lines.length + own.size - shared);
    // Of equals the lower key, so that the choice does not depend on the order of files.
    if (best === undefined || score > best.score || (score === best.score && entry.key < best.entry.key)) {
      best = { entry, score };
    }
  }
  if (best === undefined) return undefined;
  const { key, preimage: other } = best.entry;
  return {
    preimage: other,
    source: `entry ${key.slice(0, 8)}, the most similar of ${String(preimage['kind'])}`,
  };
}

/**
 * Finds the manifest of a digest: this build's own of code, that of what a node of the plan imports, else one that the
 * store kept.
 */
export function createManifestReader(
  codes: CodeDigests,
  store: Pick<Store, 'getText'>,
  nodes: readonly Pick<GraphNode, 'imports'>[] = [],
): (digest: Digest) => Promise<string | undefined> {
  const own = new Map(
    [
      ...Object.values(codes.kinds),
      ...Object.values(codes.engines),
      ...nodes.flatMap(({ imports }) => imports ?? []),
    ].map(({ digest, manifest }) => [digest, manifest]),
  );
  return async (digest) => own.get(digest) ?? (await store.getText(digest));
}

/**
 * What differs between two pre-images, a line each: `with.outer_lr 0.001 -> 0.002`, `input train changed`, `code of
 * maml.train changed: src/learning/adam`. Empty where they are equal. Of different kinds nothing but that is said;
 * inputs and parameters are left out where those of `after` are not known yet.
 *
 * @param names How many parts of changed code are named; of more, their number is said.
 */
export async function differences(
  before: JsonObject,
  after: JsonObject,
  readManifest: (digest: Digest) => Promise<string | undefined>,
  { names = Number.POSITIVE_INFINITY }: { readonly names?: number } = {},
): Promise<readonly string[]> {
  if (!equal(before['kind'], after['kind']))
    return [`kind ${shown(before['kind'])} -> ${shown(after['kind'])}`];
  const lines: string[] = [];
  if (!equal(before['format'], after['format'])) {
    lines.push(`format ${shown(before['format'])} -> ${shown(after['format'])}`);
  }
  if (after['params'] !== undefined) {
    const [old, now] = [objectOf(before['params']), objectOf(after['params'])];
    for (const line of parameterDifferences(String(after['kind']), old, now)) lines.push(line);
  }
  if (after['inputs'] !== undefined) {
    for (const line of memberDifferences((name) => `input ${name}`, before['inputs'], after['inputs']))
      lines.push(line);
    for (const line of valueDifferences('missing', before['missing'], after['missing'])) lines.push(line);
  }
  for (const line of memberDifferences(fileNamed, before['files'], after['files'])) lines.push(line);
  for (const line of await differencesOfImports(before, after, readManifest)) lines.push(line);

  const [engineBefore, engineAfter] = [objectOf(before['engine']), objectOf(after['engine'])];
  if (!equal(engineBefore['name'], engineAfter['name'])) {
    lines.push(`engine ${shown(engineBefore['name'])} -> ${shown(engineAfter['name'])}`);
  } else if (!equal(engineBefore['digest'], engineAfter['digest'])) {
    const what = `code of engine ${shown(engineAfter['name'])}`;
    lines.push(
      await codeDifference(what, engineBefore['digest'], engineAfter['digest'], readManifest, names),
    );
  }
  if (!equal(before['code'], after['code'])) {
    const what = `code of ${shown(after['kind'])}`;
    lines.push(await codeDifference(what, before['code'], after['code'], readManifest, names));
  }
  return lines;
}

/**
 * The differences as one line that fits beside other things: the first three, each cut where it is long, and how many
 * more there are.
 */
export async function differencesInOneLine(
  before: JsonObject,
  after: JsonObject,
  readManifest: (digest: Digest) => Promise<string | undefined>,
): Promise<string> {
  const lines = await differences(before, after, readManifest, { names: 2 });
  const shortened = lines.slice(0, 3).map((line) => (line.length > 160 ? `${line.slice(0, 157)}...` : line));
  return [...shortened, ...(lines.length > 3 ? [`and ${lines.length - 3} more`] : [])].join('; ');
}

/** Differences of parameters; those that planning has added stand for what the kind says of them. */
function parameterDifferences(kind: string, before: JsonObject, after: JsonObject): readonly string[] {
  const planned = Object.hasOwn(kinds, kind) ? kinds[kind]?.planned : undefined;
  if (planned === undefined) return valueDifferences('with', before, after);
  const isPlanned = (name: string) => planned.names.includes(name);
  const isWritten = (name: string) => !isPlanned(name);
  const [old, now] = [onlyNames(before, isPlanned), onlyNames(after, isPlanned)];
  return [
    ...valueDifferences('with', onlyNames(before, isWritten), onlyNames(after, isWritten)),
    ...(equal(old, now) ? [] : planned.differences(old, now)),
  ];
}

function onlyNames(object: JsonObject, isWanted: (name: string) => boolean): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => isWanted(name)));
}

function valueDifferences(
  path: string,
  before: Json | undefined,
  after: Json | undefined,
): readonly string[] {
  if (equal(before, after)) return [];
  if (before === undefined) return [`${path} added: ${shown(after)}`];
  if (after === undefined) return [`${path} removed, was ${shown(before)}`];
  if (isJsonObject(before) && isJsonObject(after)) {
    const names = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...names].flatMap((name) =>
      valueDifferences(`${path}.${name}`, own(before, name), own(after, name)),
    );
  }
  return [`${path} ${shown(before)} -> ${shown(after)}`];
}

/** Differences between maps of names to digests, which themselves say nothing to a reader. */
function memberDifferences(
  subjectOf: (name: string) => string,
  before: Json | undefined,
  after: Json | undefined,
): readonly string[] {
  const [old, now] = [objectOf(before), objectOf(after)];
  return [...new Set([...Object.keys(old), ...Object.keys(now)])].flatMap((name) => {
    const [was, is] = [own(old, name), own(now, name)];
    if (equal(was, is)) return [];
    const change = was === undefined ? 'added' : is === undefined ? 'removed' : 'changed';
    return [`${subjectOf(name)} ${change}`];
  });
}

/** Of files outside of the root the key has the end of the path, from a slash on; of programs, the name after two. */
function fileNamed(name: string): string {
  if (name.startsWith('//')) return `program ${name.slice(2)}`;
  return name.startsWith('/') ? `file …${name}` : `file ${name}`;
}

async function differencesOfImports(
  { imports: before }: JsonObject,
  { imports: after }: JsonObject,
  readManifest: (digest: Digest) => Promise<string | undefined>,
): Promise<readonly string[]> {
  if (equal(before, after)) return [];
  const [old, now] = await manifestsOf(before, after, readManifest);
  return importDifferences(old, now);
}

async function codeDifference(
  what: string,
  before: Json | undefined,
  after: Json | undefined,
  readManifest: (digest: Digest) => Promise<string | undefined>,
  names: number,
): Promise<string> {
  const [old, now] = await manifestsOf(before, after, readManifest);
  if (old === undefined || now === undefined) return `${what} changed`;
  const changed = changesOfManifest(old, now);
  const more = changed.length - names;
  // Where one alone would be left out, its name takes no more room.
  const named = more > 1 ? `${changed.slice(0, names).join(', ')} and ${more} more` : changed.join(', ');
  return `${what} changed: ${named}`;
}

function manifestsOf(
  before: Json | undefined,
  after: Json | undefined,
  readManifest: (digest: Digest) => Promise<string | undefined>,
): Promise<readonly [string | undefined, string | undefined]> {
  return Promise.all([readManifest(String(before)), readManifest(String(after))]);
}

function changesOfManifest(before: string, after: string): readonly string[] {
  const [old, now] = [partsOf(before), partsOf(after)];
  return [...new Set([...old.keys(), ...now.keys()])].sort().flatMap((name) => {
    const [was, is] = [old.get(name), now.get(name)];
    if (was === is) return [];
    if (was === undefined) return [`${name} added`];
    if (is === undefined) return [`${name} removed`];
    return [name.startsWith('src/') ? name : `${name} ${was} -> ${is}`];
  });
}

/** Modules and assets with their digests, packages with their versions (several of one package together). */
function partsOf(manifest: string): ReadonlyMap<string, string> {
  const parts = new Map<string, string>();
  for (const line of manifest.split('\n').filter((one) => one !== '')) {
    const space = line.lastIndexOf(' ');
    const at = line.lastIndexOf('@');
    const [name, value] =
      space === -1 ? [line.slice(0, at), line.slice(at + 1)] : [line.slice(0, space), line.slice(space + 1)];
    const known = parts.get(name);
    parts.set(name, known === undefined ? value : `${known} and ${value}`);
  }
  return parts;
}

/** A pre-image as lines, one for each value in it, to measure how much two have in common. */
function linesOf(value: Json, path = ''): readonly string[] {
  if (!isJsonObject(value)) return [`${path} ${canonicalText(value)}`];
  return Object.entries(value).flatMap(([name, below]) => linesOf(below, `${path}.${name}`));
}

function equal(one: Json | undefined, other: Json | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return canonicalText(one) === canonicalText(other);
}

function objectOf(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function shown(value: Json | undefined): string {
  if (value === undefined) return 'none';
  return typeof value === 'string' && /^[\w.@/:-]+$/.test(value) ? value : JSON.stringify(value);
}
