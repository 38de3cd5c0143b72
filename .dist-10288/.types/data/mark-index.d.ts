import type { Database } from '../tables/database.js';
/**
 * Numbers names by their marks: 53 bits of a hash, which DuckDB works out once for each name in a group of rows, where
 * it would look up an ENUM for each row.
 */
export interface MarkIndex {
    /** SQL for the mark of a row's name. */
    readonly sql: string;
    /** Reads a column of marks: the number of the name in a row. Every mark must be known. */
    over(marks: Float64Array): (row: number) => number;
}
/**
 * Numbers the names in a column from 0 on, in the order of the rows.
 *
 * @param rows what stands after FROM; each name once
 */
export declare function indexMarks(database: Database, column: string, rows: string): Promise<MarkIndex>;
/** An open-addressed table of where each mark stands; undefined where one comes twice. */
export declare function indexOf(marks: Float64Array): MarkIndex['over'] | undefined;
