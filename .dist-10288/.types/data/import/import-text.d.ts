import { type ColumnPlaces, type ColumnRole } from './column-places.js';
import { type ImportTarget } from './import-target.js';
import type { InteractionFormat } from './interaction-format.js';
import { type RecordLayout, RecordSplitter } from './split-records.js';
/** A text file and how it is read. */
export interface TextPart {
    readonly path: string;
    /** As the user knows it. */
    readonly file: string;
    readonly format: InteractionFormat;
    readonly layout: Omit<RecordLayout, 'wanted'>;
    readonly places: ColumnPlaces;
}
/**
 * Adds the rows of a text file to the target, piece by piece: while DuckDB takes one in, the next is split.
 *
 * @param scratch a folder for the pieces
 * @returns what the splitter met
 */
export declare function importText(target: ImportTarget, part: TextPart, { scratch, signal }: {
    readonly scratch: string;
    readonly signal: AbortSignal;
}): Promise<RecordSplitter>;
/** The lines on which records begin, of those that the splitter writes. */
export declare function linesOfRows(part: TextPart, rows: readonly number[]): Promise<readonly number[]>;
/** Rows of a file, ascending: the line on which each begins, and the cells asked for. */
export declare function recordsOfRows(part: TextPart, rows: readonly number[]): Promise<readonly {
    readonly row: number;
    readonly line: number;
    readonly cells: {
        readonly [role in ColumnRole]: string;
    };
}[]>;
