import { type Database } from '../tables/database.js';
import type { PairSet } from './pair-set.js';
/** All pairs of one split, in order of pair id. */
export interface SplitPairs {
    readonly itemCount: number;
    readonly pairs: PairSet;
}
/** Paths of a split's pairs and of the items. */
export interface PairFiles {
    readonly pairs: string;
    readonly items: string;
}
/**
 * Reads the pairs of one split into typed arrays and checks them.
 *
 * @param options.maxPrefixLength longer prefixes keep their last items only
 * @throws FailureError `bad-data`
 */
export declare function readPairs(files: PairFiles, options: {
    readonly threads: number;
    readonly maxPrefixLength: number;
}): Promise<SplitPairs>;
/** The temporary table `pairs` in order of pair id; longer prefixes keep their last items only. */
export declare function pairSetOf(database: Database, maxPrefixLength: number): Promise<{
    readonly pairs: PairSet;
    readonly pairIds: Float64Array;
}>;
/** `[lengths + 1]` where each begins, and where the last ends. */
export declare function runningTotal(lengths: Int32Array): Int32Array;
