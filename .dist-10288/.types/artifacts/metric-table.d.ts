import type { JsonObject } from '../base/json.js';
import type { Row } from '../tables/database.js';
import type { RowTable } from '../tables/row-formats.js';
/** The metrics of one node at one setting. */
export interface MetricRow {
    readonly node: string;
    readonly step: string;
    /** The most restrictive role of the data; null where the data has none. */
    readonly role: string | null;
    readonly k: number | null;
    readonly steps: number | null;
    /** Null where no inner step was taken. */
    readonly inner_lr: number | null;
    /** Query pairs. */
    readonly n: number | null;
    readonly users: number | null;
    /** What else tells the row from others: values of a matrix, parameters of a program, columns of its own. */
    readonly settings: JsonObject;
    /** Metric name -> value; empty where n is 0, without those that are no number. */
    readonly values: {
        readonly [metric: string]: number;
    };
    /** Metric name -> ends of its 95 % interval over users, where there is one. */
    readonly intervals: {
        readonly [metric: string]: readonly [low: number, high: number];
    };
}
/** The rows of table `metrics` with all metrics of a setting in one row, in the order of the nodes given. */
export declare function metricRows(rows: readonly Row[], nodes: readonly string[]): readonly MetricRow[];
/**
 * Metrics as a table to print: a row a node and setting, `TEST` in the column role where test data was used; each
 * value with the ends of its interval, `0.3373 [0.311, 0.364]`. Columns that say nothing are left out; what a program
 * was told has columns, which its own evaluations have in their place.
 */
export declare function metricTable(rows: readonly MetricRow[], digits: number): RowTable;
/** `0.3373 [0.311, 0.364]`: a value to so many digits after the point, the ends of its interval to one less. */
export declare function estimateText(value: number | null | undefined, interval: readonly [low: number, high: number] | null | undefined, digits: number): string | null;
