import { type JsonObject } from '../../base/json.js';
import type { Digest, Entry } from '../../store/entry.js';
import type { Store } from '../../store/store.js';
import type { CodeDigests } from './code-digests.js';
/** A pre-image that a key can be compared with, and whose it was. */
export interface Comparable {
    readonly preimage: JsonObject;
    /** `run maml/first`, `entry 1a2b3c4d, the most similar of maml.train`. */
    readonly source: string;
}
/** The entry of the same kind that has most in common with a pre-image; undefined where there is none. */
export declare function findSimilar(preimage: JsonObject, entries: AsyncIterable<Entry> | Iterable<Entry>): Promise<Comparable | undefined>;
/** Finds the manifest of a code digest: this build's own, else one that the store kept. */
export declare function createManifestReader(codes: CodeDigests, store: Pick<Store, 'getText'>): (digest: Digest) => Promise<string | undefined>;
/**
 * What differs between two pre-images, a line each: `with.outer_lr 0.001 -> 0.002`, `input train changed`, `code of
 * maml.train changed: src/learning/adam`. Empty where they are equal. Of different kinds nothing but that is said;
 * inputs and parameters are left out where those of `after` are not known yet.
 *
 * @param names How many parts of changed code are named; of more, their number is said.
 */
export declare function differences(before: JsonObject, after: JsonObject, readManifest: (digest: Digest) => Promise<string | undefined>, { names }?: {
    readonly names?: number;
}): Promise<readonly string[]>;
/**
 * The differences as one line that fits beside other things: the first three, each cut where it is long, and how many
 * more there are.
 */
export declare function differencesInOneLine(before: JsonObject, after: JsonObject, readManifest: (digest: Digest) => Promise<string | undefined>): Promise<string>;
