import type { Metric } from './metrics.js';
/** What query pairs come to for each of their users; users stand in the order of the bytes of their ids. */
export interface UserSums {
    /** `[users]` query pairs of each user. */
    readonly counts: Float64Array;
    /** For each metric, in the order given: `[users]` its sum over each user's pairs. */
    readonly sums: readonly Float64Array[];
}
/**
 * Sums metrics over each user's query pairs, in the order of the pairs.
 *
 * @param users the user of each pair
 * @param ranks the rank of each pair's item, from 1
 */
export declare function userSums({ users, ranks }: {
    readonly users: readonly string[];
    readonly ranks: ArrayLike<number>;
}, metrics: readonly Pick<Metric, 'gain'>[]): UserSums;
