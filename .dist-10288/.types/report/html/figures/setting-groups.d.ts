import type { MetricRow } from '../../../artifacts/metric-table.js';
import { type SummaryRow } from '../../../artifacts/summary-table.js';
import type { LineageRow } from '../run-rows.js';
/** What evaluations are repeated over. */
export type SettingAxis = 'k' | 'steps' | 'inner_lr';
export declare const axisTitles: {
    readonly [axis in SettingAxis]: string;
};
/** The leading metric of one setting. */
export interface SettingValue {
    readonly k: number | null;
    readonly steps: number | null;
    readonly inner_lr: number | null;
    readonly value: number;
    readonly low: number | null;
    readonly high: number | null;
    readonly n: number | null;
    readonly users: number | null;
    /** Whether a paired comparison tells it from the reference; absent where none was made. */
    readonly told?: boolean;
}
/** One model evaluated at several settings, each once. */
export interface SettingGroup {
    /** Step, or model of a summary, that the values are of. */
    readonly name: string;
    readonly role: string | null;
    readonly metric: string;
    readonly values: readonly SettingValue[];
    /** In the order k, steps, inner_lr: those of which there are several values. */
    readonly varying: readonly SettingAxis[];
    /** What the values are compared with, such as zero-shot. */
    readonly reference?: {
        readonly name: string;
        readonly value: number;
    };
}
/**
 * The models that were evaluated at several settings: those of summaries, which know what they are compared with, and
 * the steps that no such summary is about.
 */
export declare function settingGroups(summaries: readonly SummaryRow[], metrics: readonly MetricRow[], lineage: readonly LineageRow[]): readonly SettingGroup[];
