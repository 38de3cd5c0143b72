import type { PairSet } from '../../data/pair-set.js';
/**
 * The distinct prefixes of a set of pairs as a forest: a node is a prefix, its parent the prefix without the last
 * item. Each node is one evaluation of the recurrent cell. Nodes stand level by level (level 0 holds the roots).
 */
export interface PrefixForest {
    /** `[nodes]` the last item of each node's prefix. */
    readonly items: Int32Array;
    /** `[nodes]` index of the parent, -1 for a root. */
    readonly parents: Int32Array;
    /** `[levels + 1]` nodes of level `l` are `levelOffsets[l] .. levelOffsets[l + 1]`. */
    readonly levelOffsets: Int32Array;
    /** `[pairs]` the node that holds each pair's whole prefix. */
    readonly nodeOfPair: Int32Array;
}
/** Shares every common prefix; the order of nodes depends on the order of pairs alone. */
export declare function buildPrefixForest(pairs: PairSet): PrefixForest;
