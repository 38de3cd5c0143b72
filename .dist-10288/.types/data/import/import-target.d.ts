import { type Database } from '../../tables/database.js';
import { type TimeForm, type TimeUnit } from './times.js';
/** SQL for the cells of a piece of input, over what stands after FROM. */
export interface Cells {
    readonly user: string;
    readonly item: string;
    readonly time: string;
    /** For the seconds since 1970, where the time is no text; else it is read from `time`. */
    readonly seconds?: string;
    /** Whether finding the cells takes longer than storing them. */
    readonly isParsed?: boolean;
    /** What is wrong with a row as a whole, else null. */
    readonly unreadable?: string;
    readonly from: string;
}
/**
 * Where the rows of all parts go, in order: the table `imported`. A row that cannot be read has a null there, and a
 * line in the table `problems`: row (from 0), problem.
 */
export interface ImportTarget {
    readonly database: Database;
    /** Threads that DuckDB may use. */
    readonly threads: number;
    readonly nullValues: readonly string[];
    /** How many rows there are so far. */
    rows: number;
    /** How times are written; undefined until a time has been seen. */
    form: TimeForm | undefined;
    /** Whether the form was asked for, and not told by the first time. */
    readonly isFormAsked: boolean;
    /** Whether times were numbers or text, and not of a type for times. */
    hasPlainTimes: boolean;
    /** A time that has more digits than are kept, where one was seen. */
    lostDigits: string | undefined;
}
/** Makes the table, empty. */
export declare function openTarget(database: Database, threads: number, asked: {
    readonly unit: TimeUnit | 'auto';
    readonly dateFormat?: string;
    readonly nullValues: readonly string[];
}): Promise<ImportTarget>;
/** Adds the rows of a piece; the number of rows that it has. */
export declare function addCells(target: ImportTarget, cells: Cells): Promise<number>;
