import type { PairSet } from '../../data/pair-set.js';
/**
 * The prefix forest of one set of pairs, tree by tree: a row is a distinct prefix, rows of a tree stand breadth-first,
 * the children of a row side by side, and the pairs by row.
 */
export interface SetTrees {
    /** `[trees + 1]` */
    readonly treeRows: Int32Array;
    /** `[rows]` each prefix' last item. */
    readonly items: Int32Array;
    /** `[rows]` -1 for a root. */
    readonly parents: Int32Array;
    /** `[rows]` */
    readonly levels: Int32Array;
    /** `[rows]` */
    readonly firstChild: Int32Array;
    /** `[rows]` */
    readonly childCount: Int32Array;
    /** `[rows + 1]` */
    readonly rowPairs: Int32Array;
    /** `[pairs]` the pair's place in the set. */
    readonly givenOfPair: Int32Array;
}
/** The trees of `pairs`, worked out once for each set. */
export declare function treesOf(pairs: PairSet): SetTrees;
/** The indices that hold each of `count` keys, ascending, one key after the other; a negative key counts for none. */
export declare function groupByKey(keys: Int32Array, count: number): {
    readonly offsets: Int32Array;
    readonly indices: Int32Array;
};
