/** Resamples behind every interval. */
export declare const resampleCount = 2000;
/** The middle 95 % of something. */
export interface Interval {
    readonly low: number;
    readonly high: number;
}
/**
 * Means under resampling of users: for each column, its mean in every resample. A resample draws as many users as
 * there are, with replacement; its mean is the drawn users' sums over their counts. All columns see the same draws, so
 * that two of them can be compared resample by resample, and equal columns have equal means.
 *
 * Resample r takes its draws from the random stream of seed 0, purpose `bootstrap` and index r, and nothing else.
 *
 * @param columns for each column, the sum of each user's values
 * @param counts how many values each user's sums are over, at least one
 */
export declare function resampledMeans(columns: readonly Float64Array[], counts: Float64Array): readonly Float64Array[];
/**
 * The 2.5th and 97.5th percentile, between neighbours by linear interpolation (numpy's default). NaN for no values.
 */
export declare function percentileInterval(values: Float64Array): Interval;
/** The interval of the difference of two columns of `resampledMeans`. */
export declare function differenceInterval(one: Float64Array, other: Float64Array): Interval;
/** Whether a difference can be told from none: its interval leaves 0 out. */
export declare function isDistinguishable({ low, high }: Interval): boolean;
