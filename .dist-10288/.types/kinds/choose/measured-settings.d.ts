import { type Tree } from '../../base/files/tree.js';
import type { Interval } from '../../statistics/bootstrap.js';
import { type Measurement, type Unit } from '../../statistics/compare.js';
import type { Database } from '../../tables/database.js';
/** A metric of one repetition; of one that a program measured, with the interval that it gave. */
export interface MeasuredValue extends Measurement {
    readonly interval?: Interval;
}
/** One measurement of a model: by an evaluation of query pairs, or of a seed or fold by a program. */
export interface Repetition {
    readonly values: ReadonlyMap<string, MeasuredValue>;
    readonly k: number | null;
    readonly steps: number | null;
    readonly innerRate: number | null;
    /** What the values are over, each: query pairs, samples; null where nobody says. */
    readonly n: number | null;
    readonly users: number | null;
    /** Names each query pair; absent where there are no ranks. */
    readonly pairs?: readonly string[];
    /** `fold 3`, where a file has several. */
    readonly name?: string;
}
/** A model at one setting of one file. */
export interface MeasuredSetting {
    /** `threshold=0.5`: further columns of metrics; empty where there are none. */
    readonly label: string;
    readonly repetitions: readonly Repetition[];
    /** What several of them are. */
    readonly unit: Unit;
}
/** The settings of an evaluation that ranked something, or of metrics. */
export declare function readMeasuredSettings(database: Database, element: Tree<string>, name: string): Promise<readonly MeasuredSetting[]>;
