import { type Database } from '../tables/database.js';
import type { QueryPool } from '../tables/query-pool.js';
import { type ColumnRules } from './table-columns.js';
/** A parquet file of the user's or of an earlier step. */
export interface TableFile {
    readonly path: string;
    /** As the user knows it, for messages. */
    readonly file: string;
}
/**
 * Makes a temporary table of a parquet file: just these columns, in these types, without nulls.
 *
 * @param unique a column by which the rows will be ordered, so that no value of it may come twice
 * @throws FailureError `bad-data` that lists every missing column, wrong type, null and value that cannot be read, by row (from 0)
 */
export declare function createTable(database: Database, name: string, file: TableFile, columns: ColumnRules, unique?: string): Promise<void>;
/**
 * The same as a view, which reads the file again for each query and holds nothing in memory: for files of any size
 * that are read a few times.
 *
 * @returns whether the rows ascend by `unique`
 */
export declare function createView(database: Database, name: string, file: TableFile, columns: ColumnRules, unique?: string): Promise<boolean>;
/**
 * Whether each row's value of a column is above that of the row before, none of them null, in the order of the rows:
 * then none comes twice, and the rows need no sorting. Takes one pass and no memory.
 *
 * @param relation what to select from, as SQL
 */
export declare function ascends(database: QueryPool, relation: string, column: string): Promise<boolean>;
/**
 * Checks what no type says: ids unique, labels and prefixes within the items, no prefix or set of pairs empty, every
 * pair of an episode there and of the episode's user. Wants the temporary tables `pairs` and `episodes`.
 *
 * @throws FailureError `bad-data` that lists every problem with an example
 */
export declare function checkPairsAndEpisodes(database: Database, { itemCount, pairsFile, episodesFile }: {
    itemCount: number;
    pairsFile: string;
    episodesFile: string;
}): Promise<void>;
/** The checks of `checkPairsAndEpisodes` where there are no episodes; wants the temporary table `pairs`. */
export declare function checkPairs(database: Database, { itemCount, pairsFile }: {
    itemCount: number;
    pairsFile: string;
}): Promise<void>;
