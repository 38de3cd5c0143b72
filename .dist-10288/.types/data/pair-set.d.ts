/** Pairs as typed arrays: pair `i` has prefix `items[offsets[i] .. offsets[i + 1])` and next item `labels[i]`. */
export interface PairSet {
    /** Concatenated prefixes, item ids, oldest first; every prefix has at least one item. */
    readonly items: Int32Array;
    /** `[pairs + 1]` */
    readonly offsets: Int32Array;
    /** `[pairs]` */
    readonly labels: Int32Array;
}
/** One user's support and query pairs. */
export interface Task {
    readonly support: PairSet;
    readonly query: PairSet;
}
