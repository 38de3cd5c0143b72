export interface CsvRecord {
    /** On which it begins, from 1. */
    readonly line: number;
    readonly cells: readonly string[];
}
/**
 * The records of a text in CSV (RFC 4180), empty lines left out; cells are divided by commas, or by tabs or semicolons
 * where the first line has these alone.
 *
 * @throws FailureError `bad-data` where a quotation mark is not closed
 */
export declare function csvRecords(text: string, name: string): readonly CsvRecord[];
