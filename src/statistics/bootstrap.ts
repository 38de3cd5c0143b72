import { randomStream } from '../base/random.js';
import { fewestUsers } from './enough-users.js';
import type { Interval } from './interval.js';
import { normalTail } from './normal-tail.js';
import { studentQuantile } from './student-interval.js';

/** Resamples behind every interval. */
export const resampleCount = 2000;

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
 * The 95 % interval of a figure from its means in resamples of so many users. Plain percentiles of a bootstrap are too
 * narrow for few users: its spread is that of a sample whose mean is known, and its tails are those of a normal
 * distribution. These are further out by the factor that Student's t needs, which goes to 1 with the number of users.
 *
 * Source: Hesterberg, What Teachers Should Know About the Bootstrap (2015), section 4.2, expanded percentile interval.
 */
export function bootstrapInterval(means: Float64Array, users: number): Interval {
  return percentileInterval(means, expandedTail(users));
}

/** The share of resamples on either side of the interval: 0.025 for ever more users, 0.019 for thirty, 0.009 for ten. */
export function expandedTail(users: number): number {
  if (users < 2) return Number.NaN;
  const known = tails.get(users);
  if (known !== undefined) return known;
  const tail = normalTail(Math.sqrt(users / (users - 1)) * studentQuantile(users - 1));
  tails.set(users, tail);
  return tail;
}

/** By the number of users, whose terms a quantile sums up sixty times: every metric at every setting asks for the same. */
const tails = new Map<number, number>();

/**
 * The values below and above which such a share of them lies, between neighbours by linear interpolation (numpy's
 * default). NaN for no values.
 */
export function percentileInterval(values: Float64Array, tail: number): Interval {
  const sorted = values.toSorted();
  const at = (share: number) => {
    const position = share * (sorted.length - 1);
    const below = Math.floor(position);
    const low = sorted[below] ?? Number.NaN;
    const high = sorted[below + 1] ?? low;
    return low + (high - low) * (position - below);
  };
  return { low: at(tail), high: at(1 - tail) };
}

/** Whether a difference over users can be told from none; null where there are too few of them to say. */
export function distinguishableOver(interval: Interval, users: number): 'yes' | 'no' | null {
  if (users < fewestUsers) return null;
  return isDistinguishable(interval) ? 'yes' : 'no';
}

/** Whether a difference can be told from none: its interval leaves 0 out. */
export function isDistinguishable({ low, high }: Interval): boolean {
  return low > 0 || high < 0;
}
