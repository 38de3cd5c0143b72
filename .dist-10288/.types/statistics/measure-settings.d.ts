import type { RankedSetting } from './read-ranked-settings.js';
/** A metric of one setting of an evaluation. */
export interface MeasuredMetric {
    readonly setting: RankedSetting;
    readonly metric: string;
    /** Null where the setting has no query pair. */
    readonly value: number | null;
    /** Ends of the 95 % interval by bootstrap over users; absent for fewer than two. */
    readonly low?: number;
    readonly high?: number;
    /** Query pairs. */
    readonly n: number;
    readonly users: number;
}
/** Every metric of every setting, settings in the order given, metrics in that of their table. */
export declare function measureSettings(settings: readonly RankedSetting[]): readonly MeasuredMetric[];
