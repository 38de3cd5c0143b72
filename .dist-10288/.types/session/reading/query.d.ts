import type { Failure } from '../../base/failure.js';
import type { JsonObject } from '../../base/json.js';
import { type Result } from '../../base/result.js';
import { type FormattedQuery, type QueryEnd } from './run-query.js';
/** What a query may take. */
export interface QueryLimits {
    /** Default: 60. */
    readonly timeoutSeconds?: number;
}
/** How the rows of a query are written, and where the text goes. */
export interface QueryText extends QueryLimits, Pick<FormattedQuery, 'format' | 'width'> {
    /** Is given the text piece by piece; answers false where no more is wanted, which ends the query. */
    readonly output: (text: string) => Promise<boolean>;
}
/** Answers a query over the result tables of all runs as text; what goes wrong may come after some rows. */
export declare function queryText(root: string, sql: string, { output, timeoutSeconds, ...form }: QueryText): Promise<QueryEnd>;
/** The rows that a query over the result tables of all runs gives. */
export declare function query(root: string, sql: string, limits?: QueryLimits): Promise<Result<readonly JsonObject[], Failure[]>>;
