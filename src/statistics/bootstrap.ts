import { randomStream } from '../base/random.js';

/** Resamples behind every interval. */
export const resampleCount = 2000;

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
export function resampledMeans(
  columns: readonly Float64Array[],
  counts: Float64Array,
): readonly Float64Array[] {
  const means = columns.map(() => new Float64Array(resampleCount));
  const drawn = new Int32Array(counts.length);
  for (let resample = 0; resample < resampleCount; resample++) {
    const random = randomStream(0, 'bootstrap', resample);
    let count = 0;
    for (let draw = 0; draw < drawn.length; draw++) {
      const user = random.integer(drawn.length);
      drawn[draw] = user;
      // Users drawn are indices of `counts`.
      count += counts[user]!;
    }
    for (const [column, sums] of columns.entries()) {
      let sum = 0;
      for (const user of drawn) sum += sums[user]!;
      // There are as many results as columns.
      means[column]![resample] = sum / count;
    }
  }
  return means;
}

/**
 * The 2.5th and 97.5th percentile, between neighbours by linear interpolation (numpy's default). NaN for no values.
 */
export function percentileInterval(values: Float64Array): Interval {
  const sorted = values.toSorted();
  const at = (share: number) => {
    const position = share * (sorted.length - 1);
    const below = Math.floor(position);
    const low = sorted[below] ?? Number.NaN;
    const high = sorted[below + 1] ?? low;
    return low + (high - low) * (position - below);
  };
  return { low: at(0.025), high: at(0.975) };
}

/** The interval of the difference of two columns of `resampledMeans`. */
export function differenceInterval(one: Float64Array, other: Float64Array): Interval {
  return percentileInterval(one.map((mean, resample) => mean - (other[resample] ?? Number.NaN)));
}

/** Whether a difference can be told from none: its interval leaves 0 out. */
export function isDistinguishable({ low, high }: Interval): boolean {
  return low > 0 || high < 0;
}
