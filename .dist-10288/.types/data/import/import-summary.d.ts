import type { ImportTarget } from './import-target.js';
import type { RecordSplitter } from './split-records.js';
/** Rows that are left out for one reason, and where the first is. */
export interface LeftOut {
    readonly why: string;
    readonly count: number;
    readonly place: string;
}
/** What the rows that are kept are, as a whole. */
export interface Found {
    readonly rows: number;
    readonly first: number;
    readonly last: number;
    /** How many times lie below 1,000 s, and the first of the others; null where there is none. */
    readonly early: {
        readonly count: number;
        readonly next: number | null;
    };
    readonly users: Ids;
    readonly items: Ids;
}
/** How many ids there are, and which of them are suspicious. */
interface Ids {
    readonly count: number;
    /** Words that often are no value, and in how many rows each stands. */
    readonly nulls: readonly {
        readonly word: string;
        readonly rows: number;
    }[];
    /** Whole numbers with a point: how many, and one of them. */
    readonly floats: {
        readonly count: number;
        readonly example: string;
    };
    /** Numbers as spreadsheets shorten them, 1.2E+12: how many, and one of them. */
    readonly shortened: {
        readonly count: number;
        readonly example: string;
    };
    /** How many begin with a byte order mark, which is not seen. */
    readonly marked: number;
}
/** Looks at a table of the rows that are kept. */
export declare function surveyRows({ database }: ImportTarget, table: string): Promise<Found>;
/**
 * What was read, in one line: rows, users, items, first and last time, rows left out and why.
 *
 * @throws FailureError `bad-data` where there are no rows, or where their times cannot be seconds
 */
export declare function describeImport(target: ImportTarget, found: Found, file: string, leftOut: readonly LeftOut[]): string;
/** What people should look at in what was read. */
export declare function warningsOf(target: ImportTarget, found: Found, texts: readonly {
    readonly file: string;
    readonly split: RecordSplitter;
}[]): readonly string[];
export {};
