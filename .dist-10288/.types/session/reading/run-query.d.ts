import type { Failure } from '../../base/failure.js';
import type { Query } from '../../report/query-rows.js';
import type { RowFormat } from '../../tables/row-formats.js';
/** A query, and how its rows are printed. */
export interface FormattedQuery extends Query {
    readonly format: RowFormat;
    /** Columns that a table may take; absent where there is no limit. */
    readonly width?: number;
}
/** What the process that answers a query sends when it has written all that it will. */
export interface QueryEnd {
    readonly failure?: Failure;
}
/**
 * Answers a query in a process of its own, which is killed when the time is up; nothing of a query outlives it.
 * The process sees neither this one's environment nor its streams.
 *
 * @param timeoutSeconds what the query may take; the time that `output` takes is not counted
 * @param output is given the text of the rows, piece by piece; answers false where no more is wanted, which ends the query
 */
export declare function runQuery(query: FormattedQuery, timeoutSeconds: number, output: (text: string) => Promise<boolean>): Promise<QueryEnd>;
