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
  for (let resample = 0; resample < resampleCount; resample++) {
    const drawn = drawsOf(resample, counts.length);
    const count = sumOver(drawn, counts);
    for (const [column, sums] of columns.entries()) {
      // There are as many results as columns.
      means[column]![resample] = sumOver(drawn, sums) / count;
    }
  }
  return means;
}

function sumOver(drawn: Int32Array, values: Float64Array): number {
  let sum = 0;
  // Users drawn are indices of the values.
  for (let draw = 0; draw < drawn.length; draw++) sum += values[drawn[draw]!]!;
  return sum;
}

/** Draws that are kept for the next evaluation of as many users, which is often the next in the same process. */
let kept: { readonly users: number; readonly draws: (Int32Array | undefined)[] } = { users: 0, draws: [] };
/** Above it, 32 MB, drawing again is the lesser evil. */
const mostKeptDraws = 8_000_000;

function drawsOf(resample: number, users: number): Int32Array {
  if (kept.users !== users) kept = { users, draws: [] };
  const known = kept.draws[resample];
  if (known !== undefined) return known;
  const random = randomStream(0, 'bootstrap', resample);
  const drawn = new Int32Array(users);
  for (let draw = 0; draw < users; draw++) drawn[draw] = random.integer(users);
  if (users * resampleCount <= mostKeptDraws) kept.draws[resample] = drawn;
  return drawn;
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
