import type { PairSet } from '../../data/pair-set.js';
/**
 * Which rows of the embedding each weight vector has of its own: only those that its pairs touch; every other item's
 * row stays what it is. The rows of a vector are its slots `0 .. counts[w]`, in a table that is `slots` wide.
 */
export interface ItemSlots {
    /** How many weight vectors there are: the leading dimension of everything that is kept for each of them. */
    readonly vectors: number;
    /** The most slots that any of them uses. */
    readonly slots: number;
    /** `[vectors]` */
    readonly counts: Int32Array;
    /** `[vectors, slots]` the item of each slot; an unused slot repeats the vector's first item. */
    readonly items: Int32Array;
}
/**
 * The prefix forests of a batch, packed. A row is a distinct prefix, and so one evaluation of the cell. Rows of a
 * weight vector are contiguous, and so are those of a tree, which stand breadth-first: parents before children, and
 * the children of a row side by side. Trees are independent of one another until their weights' gradients are added.
 */
export interface PackedForests {
    readonly slots: ItemSlots;
    readonly vectors: number;
    readonly trees: number;
    readonly rows: number;
    readonly pairs: number;
    /** The length of the longest prefix. */
    readonly levels: number;
    /** `[vectors + 1]` the trees of vector `w` are `treeOffsets[w] .. treeOffsets[w + 1]`. */
    readonly treeOffsets: Int32Array;
    /** `[trees + 1]` the rows of tree `k` are `treeRows[k] .. treeRows[k + 1]`. */
    readonly treeRows: Int32Array;
    /** `[vectors + 1]` the rows of vector `w` are `rowOffsets[w] .. rowOffsets[w + 1]`. */
    readonly rowOffsets: Int32Array;
    /** `[rows]` the weight vector that a row is computed with. */
    readonly vectorOfRow: Int32Array;
    /** `[rows]` the slot of the row's last item, within its vector's. */
    readonly slotOfRow: Int32Array;
    /** `[rows]` the row of the prefix without its last item, -1 for a root. */
    readonly parentOfRow: Int32Array;
    /** `[rows]` length of the prefix less 1. */
    readonly levelOfRow: Int32Array;
    /** `[rows]` the children of row `r` are `firstChild[r] .. firstChild[r] + childCount[r]`. */
    readonly firstChild: Int32Array;
    /** `[rows]` */
    readonly childCount: Int32Array;
    /** `[vectors * slots + 1]` the rows of slot `s` of vector `w` are `slotRows[slotRowOffsets[i] ..]`, `i = w * slots + s`. */
    readonly slotRowOffsets: Int32Array;
    /** `[rows]` rows by vector and slot. */
    readonly slotRows: Int32Array;
    /** `[vectors + 1]` the pairs of vector `w` are `pairOffsets[w] .. pairOffsets[w + 1]`. */
    readonly pairOffsets: Int32Array;
    /** `[rows + 1]` the pairs whose prefix is row `r` are `rowPairs[r] .. rowPairs[r + 1]`: pairs stand by row. */
    readonly rowPairs: Int32Array;
    /** `[pairs]` */
    readonly rowOfPair: Int32Array;
    /** `[pairs]` the item that came next. */
    readonly labelOfPair: Int32Array;
    /** `[pairs]` what a pair's loss counts in its vector's loss; these sum to 1 for each vector. */
    readonly weightOfPair: Float32Array;
    /** `[pairs]` the pair's place in the order in which the pairs were given. */
    readonly givenOfPair: Int32Array;
}
/**
 * The slots of each weight vector for the items of its pair sets. `setsOfVector[w]` are all the pair sets that will
 * be computed with vector `w`.
 */
export declare function assignSlots(setsOfVector: readonly (readonly PairSet[])[]): ItemSlots;
/**
 * Packs the forests of pair sets, of which `setsOfVector[w]` are computed with weight vector `w` of `slots`: one set
 * for each task as a rule, or the sets of all tasks where these share their weights. A vector's loss is the mean over
 * its sets of each set's mean loss. The order depends on the arguments alone.
 */
export declare function packForests(setsOfVector: readonly (readonly PairSet[])[], slots: ItemSlots): PackedForests;
