/**
 * What a port holds: one file, a bundle of named ports, or a list.
 *
 * The same shape is used with different leaves as data moves through kshot: where it will come
 * from (planning), which object it is (keys, store), and which path it has on disk (execution).
 */
export type Tree<Leaf> = {
    readonly type: 'file';
    readonly leaf: Leaf;
} | {
    readonly type: 'bundle';
    readonly ports: {
        readonly [name: string]: Tree<Leaf>;
    };
} | {
    readonly type: 'list';
    readonly elements: readonly Tree<Leaf>[];
};
/** What stands in a list in the place of an element that is missing: a bundle of nothing, which no port gives. */
export declare const missingElement: {
    readonly type: 'bundle';
    readonly ports: {};
};
/** Whether an element of a list is missing. */
export declare function isMissing(element: Tree<unknown>): boolean;
/** Applies `transform` to every leaf, keeping the shape. */
export declare function mapTree<From, To>(tree: Tree<From>, transform: (leaf: From) => To): Tree<To>;
/** The leaves of a tree with their paths (`train/pairs`, `3/metrics`; `` for a lone file), in order. */
export declare function leavesOf<Leaf>(tree: Tree<Leaf>, path?: string): Generator<{
    path: string;
    leaf: Leaf;
}>;
