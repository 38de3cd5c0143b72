import { leavesOf } from '../base/files/tree.js';
import type { Json } from '../base/json.js';
import type { Digest, Entry, ObjectReference } from './entry.js';
import { isDigest } from './local/layout.js';

/** The objects that an entry names as its outputs, each once. */
export function outputsOf({ outputs }: Pick<Entry, 'outputs'>): readonly ObjectReference[] {
  const found = new Map<Digest, ObjectReference>();
  for (const tree of Object.values(outputs)) {
    for (const { leaf } of leavesOf(tree)) found.set(leaf.digest, leaf);
  }
  return [...found.values()];
}

/** Names an object in the size that an entry records, or, of a text, in any: entries need not agree. */
export function referenceId(digest: Digest, bytes: number | undefined): string {
  return `${digest}/${bytes ?? ''}`;
}

/** All digests that stand in a value. */
export function* digestsInJson(value: Json): Generator<Digest> {
  if (isDigest(value)) yield value;
  else if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) yield* digestsInJson(inner as Json);
  }
}
