import type { MetricRow } from '../artifacts/metric-table.js';
/** One evaluation in two runs: of the same node, at settings that correspond. */
export interface MatchedSetting {
    readonly before: MetricRow;
    readonly after: MetricRow;
}
export interface MatchedSettings {
    /** In the order of the later run. */
    readonly both: readonly MatchedSetting[];
    readonly onlyBefore: readonly MetricRow[];
    readonly onlyAfter: readonly MetricRow[];
}
/**
 * Which rows of two runs' metrics belong together: those of one node and equal settings, and of what is left those
 * that agree in as much as possible and are the only ones that do (a node whose chosen rate has changed).
 */
export declare function matchSettings(before: readonly MetricRow[], after: readonly MetricRow[]): MatchedSettings;
