import { type ColumnMapping } from './column-places.js';
export type TextFormat = 'csv' | 'tsv' | 'ssv';
/** What divides the cells of a line. */
export interface Division {
    readonly delimiter?: string;
    readonly spaces?: boolean;
    readonly quote?: string;
}
/** What decides how lines are divided. */
interface AskedDivision {
    readonly format: TextFormat | 'auto';
    readonly delimiter: string;
    readonly quote: string;
    readonly header: boolean | 'auto';
    readonly columns: ColumnMapping;
    readonly nullValues: readonly string[];
    readonly datePattern?: RegExp;
}
/**
 * What divides the cells of the lines.
 *
 * @param line the first that holds a record
 * @param recordsBy the first records of the file, divided so
 * @throws FailureError `bad-data` where the first lines do not tell
 */
export declare function divisionOf(line: string, recordsBy: (division: Division) => readonly (readonly string[])[], file: string, asked: AskedDivision): Division;
/**
 * The first records of a text, each as its cells; blank lines and those that begin with `comment` are none.
 *
 * @param isCut whether more follows, so that the last record may be a part of one
 */
export declare function firstRecords(text: string, division: Division, { count, isCut, comment }: {
    readonly count: number;
    readonly isCut: boolean;
    readonly comment?: string;
}): readonly (readonly string[])[];
export {};
