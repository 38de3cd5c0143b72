import type { CellInput } from '../../../tables/parquet.js';
import { type WrittenRow } from './read-rows.js';
/** Columns whose types follow from what stands in them. */
export interface TypedColumns {
    /** Column name -> DuckDB type, names sorted. */
    readonly types: {
        readonly [column: string]: string;
    };
    /** In the order of the rows; a cell that says nothing is null. */
    readonly rows: readonly {
        readonly [column: string]: CellInput;
    }[];
}
/**
 * The columns of rows but those named, each of the narrowest type that holds all of its cells: BOOLEAN, BIGINT, DOUBLE,
 * VARCHAR.
 *
 * @param isText the cells are texts, as in CSV, which may be written numbers
 * @param path of the file as the user knows it
 * @throws FailureError `bad-data` for a cell that holds a list or an object, and names that differ in case alone
 */
export declare function columnsTyped(rows: readonly WrittenRow[], isText: boolean, without: readonly string[], path: string): TypedColumns;
