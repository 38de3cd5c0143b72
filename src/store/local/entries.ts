import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { linkFileAtomic, writeFileAtomic } from '../../base/files/atomic-file.js';
import { checkedJson, checkedText, hasChecksum } from '../../base/files/checked-json.js';
import { namesIn } from '../../base/files/folders.js';
import { makeFolders } from '../../base/files/make-folders.js';
import type { Tree } from '../../base/files/tree.js';
import type { Digest, Entry, ObjectReference } from '../entry.js';
import { isDigest, type Layout } from './layout.js';
import { makeRoomForFile } from './set-aside.js';

/** What is computed in less may be computed again after a loss of power. */
const quickSeconds = 1;

/**
 * Whether the latest entry that was looked for was not there. Then it is asked first whether the next is, because an
 * error takes ten times as long; else not, because asking takes as long as reading. Most plans are of one sort.
 */
let wasMissing = false;

type Unproved = { readonly [name: string]: unknown };

/** The entry of a key; undefined where there is none, or none that this version can read. */
export function readEntry(layout: Layout, key: Digest): Entry | undefined {
  let text: string;
  try {
    const path = layout.entry(key);
    if (wasMissing && !existsSync(path)) return undefined;
    text = readFileSync(path, 'utf8');
    wasMissing = false;
  } catch {
    wasMissing = true;
    // Missing, or unreadable and so as good as missing: its step runs, and publishing meets the same trouble aloud.
    return undefined;
  }
  return parseEntry(text, key);
}

/** The entry that a file's text holds; undefined where it is of another key or format, or broken. */
export function parseEntry(text: string, key: Digest): Entry | undefined {
  let value: unknown;
  try {
    // Those of versions that wrote no checksum have none.
    const record = hasChecksum(text) ? checkedText(text) : text;
    if (record === undefined) return undefined;
    value = JSON.parse(record);
  } catch {
    return undefined;
  }
  const sound =
    isRecord(value) &&
    value['format'] === 1 &&
    value['key'] === key &&
    isRecord(value['preimage']) &&
    isRecord(value['facts']) &&
    holdsTrees(value['outputs']) &&
    holdsTrees(value['inputs']);
  return sound ? (value as unknown as Entry) : undefined;
}

/** What `stat` says of the file of a key's entry; undefined where there is none. */
export function lookOfEntry(layout: Layout, key: Digest): string | undefined {
  const stat = statSync(layout.entry(key), { bigint: true, throwIfNoEntry: false });
  return stat === undefined ? undefined : `${stat.ino} ${stat.size} ${stat.mtimeNs}`;
}

/**
 * Writes the entry; from then on its key is a hit.
 *
 * @param mayReplace The look of the file that it may take the place of. Where any other is there, somebody else has
 *   published meanwhile: then nothing is written, and it is false.
 */
export function writeEntry(layout: Layout, entry: Entry, mayReplace: string | undefined): boolean {
  const path = layout.entry(entry.key);
  makeFolders(dirname(path));
  makeRoomForFile(layout, path, `${entry.key}.json`);
  // An entry lost with the power, or broken by it, which its checksum tells, costs a recomputation and no more; its
  // objects are on disk before it. Where that is quick, waiting for the disk is what takes the time.
  const sync = entry.facts.seconds < quickSeconds ? 'none' : 'file';
  const text = checkedJson(entry);
  if (mayReplace === undefined) return linkFileAtomic(path, text, { sync });
  const look = lookOfEntry(layout, entry.key);
  if (look === undefined) return linkFileAtomic(path, text, { sync });
  if (look !== mayReplace) return false;
  writeFileAtomic(path, text, { sync });
  return true;
}

/** Keys that have a file under `steps`, whether it can be read or not, in order. */
export function* listKeys(layout: Layout): Generator<Digest> {
  for (const shard of namesIn(layout.steps)) {
    for (const name of namesIn(join(layout.steps, shard))) {
      const key = name.replace(/\.json$/, '');
      if (name.endsWith('.json') && isDigest(key) && key.startsWith(shard)) yield key;
    }
  }
}

/** All entries that can be read, in order of their keys. */
export function* readEntries(layout: Layout): Generator<Entry> {
  for (const key of listKeys(layout)) {
    const entry = readEntry(layout, key);
    if (entry !== undefined) yield entry;
  }
}

function isRecord(value: unknown): value is Unproved {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function holdsTrees(value: unknown): value is { readonly [port: string]: Tree<ObjectReference> } {
  return isRecord(value) && Object.values(value).every(isTree);
}

/** Digests become paths, so nothing else may pass for one. */
function isTree(value: unknown): value is Tree<ObjectReference> {
  if (!isRecord(value)) return false;
  switch (value['type']) {
    case 'file': {
      const leaf = value['leaf'];
      return isRecord(leaf) && isDigest(leaf['digest']) && Number.isSafeInteger(leaf['bytes']);
    }
    case 'list':
      return Array.isArray(value['elements']) && value['elements'].every(isTree);
    case 'bundle':
      return holdsTrees(value['ports']);
    default:
      return false;
  }
}
