import { type Json } from '../../../base/json.js';
import { type DatabaseOptions } from '../../../tables/database.js';
/** What stands in a cell: what JSON has, or a number that is none (NaN, Infinity). */
export type Cell = Json | undefined;
/** A row of a table that a program wrote. */
export interface WrittenRow {
    /** `line 3`, or `row 3` where a file has no lines; from 1. */
    readonly place: string;
    readonly cells: {
        readonly [column: string]: Cell;
    };
}
/** What a program wrote: one JSON object, or rows. */
export type Written = {
    readonly type: 'object';
    readonly cells: {
        readonly [name: string]: Cell;
    };
} | {
    readonly type: 'rows';
    /** Of CSV all cells are texts. */
    readonly isText: boolean;
    readonly columns: readonly string[];
    readonly rows: readonly WrittenRow[];
};
/**
 * Reads what a program wrote, by its content: parquet, JSON (also with NaN and Infinity, as Python writes them), JSON
 * lines or CSV.
 *
 * @param name of the file as the user knows it
 * @throws FailureError `bad-data` where it is none of these, or cut off
 */
export declare function readWritten(path: string, name: string, options: DatabaseOptions): Promise<Written>;
/**
 * The number in a cell; NaN for one that is none and says so (NaN, null, an empty cell of CSV); undefined for what is
 * no number at all.
 */
export declare function numberIn(cell: Cell): number | undefined;
/** A cell as a message shows it. */
export declare function writtenText(cell: Cell): string;
