import type { Digest, ObjectReference } from '../entry.js';
import { outputsOf, referenceId } from '../references.js';
import type { LostObjects } from './lost-objects.js';
import type { RemoteClient } from './remote-client.js';
import { soundEntry } from './sound-entry.js';
import { Turns } from './turns.js';

/** What a remote cache holds of some keys. */
export interface RemoteReport {
  /** Sound entries, and the objects that they name, read and hashed. */
  readonly entries: number;
  readonly objects: number;
  readonly bytes: number;
  /** Keys of which it has nothing. */
  readonly absent: number;
  /** Keys with something else in the place of an entry. */
  readonly badEntries: readonly Digest[];
  /** Objects that an entry names and that are not there, or are something else. */
  readonly badObjects: readonly Digest[];
}

/**
 * Reads every byte that a remote cache has of these keys, and changes nothing there.
 *
 * @param lost is told what is bad, and what is good again
 */
export async function checkRemote(
  keys: Iterable<Digest>,
  client: RemoteClient,
  lost: LostObjects,
): Promise<RemoteReport> {
  const turns = new Turns(16);
  const badEntries: Digest[] = [];
  const references = new Map<string, ObjectReference>();
  let entries = 0;
  let absent = 0;
  const readEntry = async (key: Digest) => {
    const text = await client.entryText(key);
    const entry = text === undefined ? undefined : soundEntry(text, key);
    if (text === undefined) absent++;
    else if (entry === undefined) badEntries.push(key);
    else {
      entries++;
      for (const output of outputsOf(entry)) references.set(referenceId(output.digest, output.bytes), output);
    }
  };
  await Promise.all([...new Set(keys)].map((key) => turns.take(() => readEntry(key))));
  const badObjects: Digest[] = [];
  let objects = 0;
  let bytes = 0;
  const readObject = async (reference: ObjectReference) => {
    const found = await client.fetchObject(reference.digest, reference.bytes);
    if (found.type === 'lost') {
      if (found.why === 'unavailable') return;
      badObjects.push(reference.digest);
      lost.add(reference.digest, reference.bytes, { isSaid: true });
      return;
    }
    lost.delete(reference.digest, reference.bytes);
    objects++;
    bytes += found.bytes;
  };
  await Promise.all([...references.values()].map((one) => turns.take(() => readObject(one))));
  return { entries, objects, bytes, absent, badEntries, badObjects };
}
