import type { PairSet, Task } from '../../data/pair-set.js';
import { type PrefixForest } from '../../model/gru/prefix-forest.js';
/**
 * A forest over the items that a piece of work touches: its nodes' items are rows `first .. first + unique` of
 * `itemIds`, and stand less `first`.
 */
export interface LocalForest {
    readonly forest: PrefixForest;
    readonly items: Int32Array;
    readonly labels: Int32Array;
    readonly first: number;
    readonly unique: number;
}
/** A set of forests (support and query, or one alone) with the items that they touch. */
export interface LocalTask {
    readonly itemIds: Int32Array;
    readonly support: LocalForest;
    readonly query: LocalForest;
}
/** The task's forests, over rows of their own. */
export declare function planTask(task: Task): LocalTask;
/** The forest of one set of pairs. */
export declare function planPairs(pairs: PairSet): {
    readonly itemIds: Int32Array;
    readonly pairs: LocalForest;
};
/** The query forests of several tasks as one, level by level, so that the tasks' rows stack. */
export declare function stackQueries(tasks: readonly LocalTask[]): {
    readonly itemIds: Int32Array;
    readonly pairs: LocalForest;
};
