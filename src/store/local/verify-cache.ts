import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf } from '../../base/canonical.js';
import { namesIn } from '../../base/files/folders.js';
import type { Digest } from '../entry.js';
import type { CacheReport } from '../upkeep.js';
import { listKeys, parseEntry, readEntries } from './entries.js';
import { isDigest, type Layout } from './layout.js';
import type { Objects } from './objects.js';
import { setAside } from './set-aside.js';

/** Reads every byte of the cache and sets aside what is not what it should be. */
export async function verifyCache(
  layout: Layout,
  blobs: Pick<Objects, 'verify' | 'hasOutputs'>,
): Promise<CacheReport> {
  const badObjects: Digest[] = [];
  let objects = 0;
  let bytes = 0;
  for (const digest of listObjects(layout)) {
    const size = statSync(layout.object(digest), { throwIfNoEntry: false })?.size;
    if (size === undefined) continue;
    objects += 1;
    bytes += size;
    if (!(await blobs.verify({ digest, bytes: size }))) badObjects.push(digest);
  }

  const badEntries: Digest[] = [];
  for (const key of listKeys(layout)) {
    if (!isBadEntry(layout, key)) continue;
    setAside(layout, layout.entry(key), `${key}.json`);
    badEntries.push(key);
  }

  let entries = 0;
  const incomplete: { key: Digest; kind: string }[] = [];
  for (const entry of readEntries(layout)) {
    entries += 1;
    if (!blobs.hasOutputs(entry)) incomplete.push({ key: entry.key, kind: entry.facts.kind });
  }
  return { objects, bytes, entries, badObjects, badEntries, incomplete };
}

function* listObjects(layout: Layout): Generator<Digest> {
  for (const shard of namesIn(layout.objects)) {
    for (const name of namesIn(join(layout.objects, shard))) if (isDigest(shard + name)) yield shard + name;
  }
}

function isBadEntry(layout: Layout, key: Digest): boolean {
  if (!statSync(layout.entry(key), { throwIfNoEntry: false })?.isFile()) return true;
  const text = readFileSync(layout.entry(key), 'utf8');
  const entry = parseEntry(text, key);
  if (entry === undefined) return !isOfAnotherFormat(text);
  return digestOf(entry.preimage) !== key;
}

/** Another version of kshot may share the cache; what it wrote is no hit here, and not bad. */
function isOfAnotherFormat(text: string): boolean {
  try {
    const { format } = JSON.parse(text) as { readonly format?: unknown };
    return typeof format === 'number' && format !== 1;
  } catch {
    return false;
  }
}
