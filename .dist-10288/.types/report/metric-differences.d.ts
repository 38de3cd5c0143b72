import type { MetricRow } from '../artifacts/metric-table.js';
import type { Role } from '../base/role.js';
type Ends = readonly [low: number, high: number];
/** A metric as one of two runs has it. */
export interface MetricSide {
    readonly k: number | null;
    readonly steps: number | null;
    readonly inner_lr: number | null;
    readonly value: number;
    readonly interval: Ends | null;
    readonly n: number | null;
    readonly users: number | null;
}
/** A metric that differs between two runs. */
export interface MetricDifference {
    readonly node: string;
    readonly role: Role | string | null;
    readonly metric: string;
    readonly before: MetricSide;
    readonly after: MetricSide;
    /** After minus before, over the pairs that were compared. */
    readonly difference: number;
    /** 95 %, by bootstrap over users; null where it could not be computed. */
    readonly interval: Ends | null;
    /**
     * `paired`: on all query pairs, which are the same in both; `shared`: on those that both have, at least half;
     * `unpaired`: the runs ranked other pairs; null where there are no ranks.
     */
    readonly comparison: 'paired' | 'shared' | 'unpaired' | null;
    /** Query pairs compared, and of how many users; null where the two are not over the same. */
    readonly n: number | null;
    readonly users: number | null;
    /** Whether the interval leaves 0 out; null without one. */
    readonly distinguishable: 'yes' | 'no' | null;
}
/** The settings at which a node was evaluated. */
export type SettingOf = Pick<MetricRow, 'node' | 'role' | 'k' | 'steps' | 'inner_lr'>;
export interface MetricComparison {
    /** In the order of the later run. */
    readonly differing: readonly MetricDifference[];
    /** How many metrics are the same in both. */
    readonly same: number;
    readonly only_before: readonly SettingOf[];
    readonly only_after: readonly SettingOf[];
}
/** The metrics of a run, and where its table of ranks is (verified by the caller); undefined where there is none. */
export interface MeasuredRun {
    readonly metrics: readonly MetricRow[];
    readonly ranks: string | undefined;
}
/** What differs between the metrics of two runs, and whether each difference can be told from none. */
export declare function compareMetrics(before: MeasuredRun, after: MeasuredRun): Promise<MetricComparison>;
export {};
