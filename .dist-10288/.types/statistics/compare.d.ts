/** A metric of one evaluation. */
export interface Measurement {
    /** The mean over its query pairs. */
    readonly value: number;
    readonly users: number;
    /** Its mean in every resample of users; absent for fewer than two users. */
    readonly resampled?: Float64Array;
}
/**
 * Measures metrics of one evaluation.
 *
 * @param columns for each metric, each user's sum over query pairs
 * @param counts each user's query pairs
 */
export declare function measure(columns: readonly Float64Array[], counts: Float64Array): readonly Measurement[];
/** What an interval is over: its number says how far results reach beyond those users, seeds or folds. */
export type Unit = 'users' | 'seeds' | 'folds';
/** A figure with its 95 % interval; null ends where there are fewer than two units. */
export interface Estimate {
    readonly value: number;
    readonly low: number | null;
    readonly high: number | null;
}
/** How a model differs from another on the same query pairs. */
export interface Comparison {
    readonly difference: Estimate;
    /** 100 * (value / other - 1); absent where the other's value is 0. */
    readonly improvementPercent: Estimate | undefined;
    readonly unit: Unit;
    /** Whether the interval of the difference leaves 0 out; null without an interval. */
    readonly distinguishable: 'yes' | 'no' | null;
}
/**
 * A model's metric: for one evaluation the mean over its pairs, its interval by bootstrap over users; for several the
 * mean of the evaluations, its interval by Student's t over seeds.
 */
export declare function estimate(seeds: readonly Measurement[]): Estimate & {
    unit: Unit;
    units: number;
};
/**
 * Compares two models that ranked the same query pairs, users in the same order: resample by resample where both were
 * evaluated once, else seed by seed; one evaluation stands beside each seed of the other.
 */
export declare function compare(model: readonly Measurement[], other: readonly Measurement[]): Comparison;
