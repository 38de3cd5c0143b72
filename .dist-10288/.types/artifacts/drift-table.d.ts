import type { Row } from '../tables/database.js';
import type { RowTable } from '../tables/row-formats.js';
/** Lower quartile, median and upper quartile over episodes. */
type Quartiles = readonly [lower: number, median: number, upper: number];
/** How far adaptation moved a parameter tensor: Euclidean norms, as quartiles over episodes. */
export interface DriftSummary {
    readonly node: string;
    readonly role: string | null;
    readonly k: number;
    readonly steps: number;
    readonly tensor: string;
    /** The same in every episode. */
    readonly norm_before: number;
    readonly norm_after: Quartiles;
    readonly norm_of_change: Quartiles;
    readonly episodes: number;
}
/** The rows of table `drift_summary`, nodes in the order given. */
export declare function driftSummaries(rows: readonly Row[], nodes: readonly string[]): readonly DriftSummary[];
/** Drift as a table to print: medians with quartiles, `0.4312 [0.402, 0.466]`. */
export declare function driftTable(rows: readonly DriftSummary[]): RowTable;
export {};
