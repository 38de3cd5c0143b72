import type { Database } from '../tables/database.js';
/** The ranks of one setting of an evaluation, a row for each query pair, in order of episode and pair; it may have none. */
export interface RankedSetting {
    /** Null, as are the steps, of ranks that a program made. */
    readonly k: number | null;
    readonly steps: number | null;
    /** Null where no step was taken, or where the model has rates of its own. */
    readonly innerRate: number | null;
    readonly users: readonly string[];
    readonly pairIds: ArrayLike<number>;
    /** From 1. */
    readonly ranks: ArrayLike<number>;
}
/**
 * The settings in a table of ranks, by k, steps and rate; at the end those at which no pair could be ranked.
 *
 * @param name what the table is of, for messages
 * @throws FailureError `bad-data` where the table is none of ranks
 */
export declare function readRankedSettings(database: Database, path: string, name: string): Promise<readonly RankedSetting[]>;
