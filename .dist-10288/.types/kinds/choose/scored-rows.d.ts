import { type DatabaseOptions } from '../../tables/database.js';
import type { ScoredRow } from './choose-best.js';
/**
 * Every value of `metric` in the tables of metrics, table by table, in each in the order of its setting columns.
 *
 * @param paths undefined where the table is missing
 * @param port the input port that the tables came in by, for messages
 * @throws FailureError `bad-data` where a table has no such metric, or two values for one setting
 */
export declare function readScoredRows(paths: readonly (string | undefined)[], metric: string, port: string, options: DatabaseOptions): Promise<readonly ScoredRow[]>;
