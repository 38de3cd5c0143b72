import type { Row } from '../tables/database.js';
import type { RowTable } from '../tables/row-formats.js';
/** Ends of a 95 % interval. */
type Ends = readonly [low: number, high: number];
/** A metric of a model against another's on the same query pairs. */
export interface ComparedMetric {
    readonly difference: number;
    readonly difference_interval: Ends | null;
    /** Null where the other's value is 0. */
    readonly improvement_percent: number | null;
    readonly improvement_interval: Ends | null;
    /** What the intervals are over: `users` or `seeds`. */
    readonly over: string;
    /** Null without an interval. */
    readonly distinguishable: string | null;
}
/** A metric of a model. */
export interface SummarisedMetric {
    readonly value: number;
    readonly interval: Ends | null;
    /** By the label of what it is compared with: the baseline, zero-shot. */
    readonly against: {
        readonly [label: string]: ComparedMetric;
    };
}
/** One model of a step of kind `summary`, at one setting. */
export interface SummaryRow {
    readonly node: string;
    readonly role: string | null;
    readonly model: string;
    /** Null where seeds differ in it, as are `steps`, `inner_lr`, `n` and `users`. */
    readonly k: number | null;
    readonly steps: number | null;
    readonly inner_lr: number | null;
    /** What the intervals of the values are over, `users` or `seeds`, and how many. */
    readonly unit: string;
    readonly units: number;
    /** Query pairs, of each seed. */
    readonly n: number | null;
    readonly users: number | null;
    /** Label of the baseline; null in its own row. */
    readonly baseline: string | null;
    readonly metrics: {
        readonly [metric: string]: SummarisedMetric;
    };
}
/** The rows of table `summary` with all metrics of a model in one row, in the order of the nodes given. */
export declare function summaryRows(rows: readonly Row[], nodes: readonly string[]): readonly SummaryRow[];
/** The row that others are compared with; undefined where none are. */
export declare function baselineOf(rows: readonly SummaryRow[]): SummaryRow | undefined;
/**
 * The notebook's table: each model's metrics, and by how many percent the first of them is above the baseline's.
 * Columns that say nothing are left out.
 */
export declare function summaryTable(rows: readonly SummaryRow[]): RowTable;
/** Each comparison's differences, with `yes` where they can be told from none and `no` where they cannot. */
export declare function comparisonTable(rows: readonly SummaryRow[]): RowTable;
export {};
