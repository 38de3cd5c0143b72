import { type ColumnMapping, type Columns } from './column-places.js';
import type { RecordLayout } from './split-records.js';
import { type TextFormat } from './text-division.js';
export type Format = TextFormat | 'parquet' | 'jsonl';
/** What is asked for, as the parameters of data.import say it. */
export interface AskedFormat {
    readonly format: Format | 'auto';
    readonly header: boolean | 'auto';
    readonly columns: ColumnMapping;
    readonly delimiter: string;
    readonly quote: string;
    readonly comment: string;
    readonly raggedRows: 'auto' | 'refuse' | 'accept';
    readonly nullValues: readonly string[];
    /** What a time looks like, where its form is given by strptime's letters. */
    readonly datePattern?: RegExp;
}
interface Line {
    /** From 1. */
    readonly line: number;
    readonly text: string;
}
/** Rows begin with so many names of their own, which the header leaves out (`unnamed`) or empty (`untitled`). */
export interface RowNames {
    readonly header: 'unnamed' | 'untitled';
    readonly columns: number;
    /** Whether the times stand that many cells further on than their title. */
    readonly moveTimes: boolean;
}
/** How a file of interactions is to be read. */
export interface InteractionFormat extends Columns {
    readonly format: Format;
    readonly gzip: boolean;
    /** Empty where only DuckDB can tell (parquet). */
    readonly columnNames: readonly string[];
    /** How its records are laid out; none of parquet. */
    readonly layout: Omit<RecordLayout, 'wanted'> | undefined;
    /** The first record, where that it names the columns was told by a word in the place of the time alone. */
    readonly guessedHeader?: Line;
    /** What looks like a row among the comments above the first record. */
    readonly rowAbove?: Line;
    readonly rowNames?: RowNames;
    /** Of the columns asked for, names of keys that are paths into nested records as well. */
    readonly twofoldNames: readonly string[];
}
/**
 * Finds out how to read a file from its first bytes alone: a name or folder decides nothing, because it is not part
 * of what a result is kept under.
 *
 * @throws FailureError `bad-data` where the bytes do not tell
 */
export declare function detectFormat(path: string, file: string, asked: AskedFormat): Promise<InteractionFormat>;
export {};
