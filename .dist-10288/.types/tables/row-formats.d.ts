import type { Json } from '../base/json.js';
/** Columns and rows of a query or view. */
export interface RowTable {
    readonly columns: readonly string[];
    /** Cells in the order of `columns`. */
    readonly rows: readonly (readonly Json[])[];
}
export type RowFormat = 'table' | 'csv' | 'json' | 'markdown' | 'tex';
/** Rows as text, batch by batch. */
export interface RowWriter {
    /** The text of further rows; with the first, even if it has none, all that stands before rows. */
    add(batch: RowTable): string;
    /** What stands after all rows. */
    end(): string;
}
/**
 * Writes batches of rows of the same columns, ending in a line end: figures to six digits in `table`, `markdown`
 * and `tex`, whole in `csv` and `json`.
 *
 * @param width columns that a table may take; one whose first batch is wider becomes a block of lines for each row, a
 *   line a cell
 */
export declare function rowWriter(format: RowFormat, width?: number): RowWriter;
/** All rows of a table as text, as `rowWriter` writes them. */
export declare function formatRows(table: RowTable, format: RowFormat, width?: number): string;
/** Columns that a table takes. */
export declare function tableWidth(table: RowTable): number;
