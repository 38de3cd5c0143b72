import { type DatabaseOptions } from '../tables/database.js';
import type { PairSet } from './pair-set.js';
/** One user's K support and Q query pairs, as indices into the pairs they were read with. */
export interface Episode {
    readonly episodeId: number;
    readonly userId: string;
    readonly support: Int32Array;
    readonly query: Int32Array;
}
/** All episodes of one split, in order of episode id. */
export interface EpisodeSet {
    readonly itemCount: number;
    /** In order of pair id; also the pairs that no episode uses. */
    readonly pairs: PairSet;
    /** `[pairs]` whole numbers. */
    readonly pairIds: Float64Array;
    /** At least one. */
    readonly episodes: readonly Episode[];
}
/** Paths of the three files of one split. */
export interface EpisodeFiles {
    readonly pairs: string;
    readonly episodes: string;
    readonly items: string;
}
/**
 * Reads the pairs and episodes of one split into typed arrays and checks them.
 *
 * @param options.maxPrefixLength longer prefixes keep their last items only
 * @throws FailureError `bad-data` where the files do not fit together or there is no episode
 */
export declare function readEpisodes(files: EpisodeFiles, options: DatabaseOptions & {
    readonly maxPrefixLength: number;
}): Promise<EpisodeSet>;
/** The pairs at these indices, in the order of the indices. */
export declare function selectPairs(pairs: PairSet, indices: ArrayLike<number>): PairSet;
