import type { Digest } from '../base/canonical.js';
import type { Tree } from '../base/files/tree.js';
import type { JsonObject } from '../base/json.js';
export type { Digest };
/** A blob in `cache/objects`. */
export interface ObjectReference {
    readonly digest: Digest;
    readonly bytes: number;
}
/** The stored record of a finished node: `cache/steps/ab/<key>.json`. */
export interface Entry {
    readonly format: 1;
    readonly key: Digest;
    /** The value that was hashed to give `key`; `explain` compares these. */
    readonly preimage: JsonObject;
    /** Output ports. */
    readonly outputs: {
        readonly [port: string]: Tree<ObjectReference>;
    };
    /** Digests of input trees are in the pre-image; this is what they were made of, for lineage and gc. */
    readonly inputs: {
        readonly [port: string]: Tree<ObjectReference>;
    };
    /** Facts about the computation that are no part of its result. */
    readonly facts: {
        readonly kind: string;
        readonly startedAt: string;
        readonly seconds: number;
        readonly threads: number;
        readonly host: string;
        readonly kshotVersion: string;
        /** Device and driver where a GPU engine computed. */
        readonly device?: string;
        /** False where a recomputation may give other bytes. */
        readonly deterministic: boolean;
        /** The figures that it reported last, for those who watch; the results themselves are among the outputs. */
        readonly values?: {
            readonly [name: string]: number;
        };
    };
}
