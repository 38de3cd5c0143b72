import type { KindContext } from '../kind.js';
/** What a baseline is asked to rank. */
export interface QueryPair {
    readonly pairId: number;
    /** At least one item, oldest first. */
    readonly prefix: Int32Array;
    readonly label: number;
    readonly itemCount: number;
}
export interface RankedBy {
    /** The rank of the pair's next item, from 1. */
    rankOf(pair: QueryPair): number;
    /** Items that the training data has, where there is any. */
    readonly trainedItems?: number;
    /** All where undefined. */
    readonly maxEpisodes: number | undefined;
    readonly maxPrefixLength: number;
}
/** Ranks the query pairs at port `episodes` by something that does not adapt; writes the port `ranks`. */
export declare function evaluateRanks(context: KindContext, by: RankedBy): Promise<void>;
