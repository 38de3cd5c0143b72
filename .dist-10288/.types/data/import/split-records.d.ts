import { type ShiftSigns } from './shifted-cells.js';
/** How the records of a text file are laid out. */
export interface RecordLayout {
    /** What stands between cells; absent: a line is one cell, as in JSON lines. */
    readonly delimiter?: string;
    /** Cells are divided by one or more spaces or tabs, in the place of `delimiter`. */
    readonly spaces?: boolean;
    /** One ASCII character that a cell may be enclosed in, doubled inside; absent: no character is special. */
    readonly quote?: string;
    /** Lines that begin so hold no record; with `commentsOnTop` only above the first record. */
    readonly comment?: string;
    readonly commentsOnTop?: boolean;
    /** Whether the first record names the columns. */
    readonly header: boolean;
    /** How many cells a record has. */
    readonly cells: number;
    /** Which of them are asked for, from 0, by what they are called in messages. */
    readonly wanted: {
        readonly [name: string]: number;
    };
    /** Whether all records have more cells (`extra`); whether any number that reaches those asked for will do. */
    readonly ragged: 'refuse' | 'extra' | 'accept';
    /** By which rows of another length are told whose cells stand under titles of others; absent: by none. */
    readonly signs?: ShiftSigns;
}
export interface BadRow {
    /** From 1; undefined where the format knows no lines. */
    readonly line: number | undefined;
    readonly text: string;
}
/** How often something was met, and on which line first. */
export interface Met {
    count: number;
    readonly line: number;
}
/**
 * Splits a text file into records and writes them again so that no reader can take them differently: one line each,
 * `cells` cells, nothing quoted, line feeds only. Lines that are so already, nearly all in most files, pass as they
 * are; all others are read byte by byte. A record that cannot be read is left out and said, and reading goes on in
 * the line after the one on which it began.
 */
export declare class RecordSplitter {
    /** Records written so far. */
    rows: number;
    /** Lines begun so far. */
    line: number;
    /** Of what is written. */
    readonly delimiter: string;
    /** Whether a cell written so far holds an escape, see `unescaped`. */
    hasEscapes: boolean;
    /** Bytes of the longest line written so far. */
    longestLine: number;
    readonly rejected: BadRow[];
    /** Why records were left out. */
    readonly reasons: Map<string, Met>;
    /** Records with more or fewer cells than there are columns, which were let pass. */
    ragged: Met | undefined;
    /** Records below the first that begin as comments above it do. */
    commentLike: Met | undefined;
    /** Records whose quoted cells hold line breaks, and the last line of the first. */
    severalLines: (Met & {
        readonly last: number;
    }) | undefined;
    private readonly layout;
    private readonly delimiterBytes;
    private readonly delimiterByte;
    private readonly quoteByte;
    private readonly commentBytes;
    private readonly classes;
    private readonly wantedNames;
    /** Each once, ascending. */
    private readonly wantedCells;
    private readonly alwaysCare;
    private readonly rowsOfLines;
    private pieces;
    private out;
    private outStart;
    private outEnd;
    private headerIsDue;
    private isAtTop;
    private isSkippingLine;
    private starts;
    private ends;
    private doubled;
    /** Of each record asked for by `lineOf`, the line on which it begins, in the same order. */
    readonly lines: number[];
    /** @param lineOf records (from 0, as they are written), ascending, whose lines are to be found */
    constructor(layout: RecordLayout, lineOf?: readonly number[]);
    /** What was written since the last call. */
    take(): readonly Buffer[];
    /**
     * Splits what it can of the bytes.
     *
     * @param isLast whether nothing follows
     * @returns how many bytes were used up; the others are to be given again, before those that follow
     */
    split(given: Buffer, isLast: boolean): number;
    /** Whether what begins here is, or may be, no plain record. */
    private mayBeOther;
    /** Where the plain record that begins at `start` ends, `bytes.length` if that is not seen; -1 where it is not plain. */
    private plainEnd;
    /** Reads one record, comment or blank line; where the next begins, or -1 where more bytes are needed to tell. */
    private splitWithCare;
    private isComment;
    private beginsComment;
    /** Finds the cells of a record; where its line break is. */
    private readCells;
    /** Where the quoted cell that begins at `at` closes, followed by what may follow a cell. */
    private closingQuote;
    private cellEnd;
    private isDelimiter;
    /** What is wrong with the record whose cells were found. */
    private problemOf;
    private shiftOf;
    private noteRecord;
    /** Writes the cells asked for, all others empty. */
    private write;
    private cell;
    private count;
    /** Adds bytes as they are to what is written. */
    private pass;
    /** Adds bytes and a line feed. */
    private copyLine;
    private makeRoom;
    private closeOut;
    /** Leaves out the record that begins at `start`; where the next line begins. */
    private rejectLine;
    /** Where the next line begins; all bytes, and on into those that follow, where this is not seen. */
    private skipLine;
}
/** SQL that gives a cell as it was before `RecordSplitter` wrote it. */
export declare function unescaped(cell: string, delimiter: string): string;
