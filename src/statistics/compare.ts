import { greatest, least } from '../base/extremes.js';
import { bootstrapInterval, distinguishableOver, isDistinguishable, resampledMeans } from './bootstrap.js';
import type { Interval } from './interval.js';
import { studentInterval } from './student-interval.js';

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
export function measure(columns: readonly Float64Array[], counts: Float64Array): readonly Measurement[] {
  const total = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0);
  const means = counts.length < 2 ? [] : resampledMeans(columns, counts);
  return columns.map((sums, index) => {
    const resampled = means[index];
    const measured = { value: total(sums) / total(counts), users: counts.length };
    return resampled === undefined ? measured : { ...measured, resampled };
  });
}

/** What an interval is over: its number says how far results reach beyond those users, seeds, folds or repeats. */
export type Unit = 'users' | 'seeds' | 'folds' | 'repeats';

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
  /**
   * Whether the interval of the difference leaves 0 out; null without an interval, which seeds that all differ alike have
   * none of (they say nothing of how far others would), and for fewer than `fewestUsers` users.
   */
  readonly distinguishable: 'yes' | 'no' | null;
}

/**
 * A model's metric: for one evaluation the mean over its pairs, its interval by bootstrap over users; for several the
 * mean of the evaluations, its interval by Student's t over seeds.
 */
export function estimate(seeds: readonly Measurement[]): Estimate & { unit: Unit; units: number } {
  const [first] = seeds;
  if (first === undefined || seeds.length > 1) {
    return { ...overSeeds(seeds.map(({ value }) => value)), unit: 'seeds', units: seeds.length };
  }
  const { value, users, resampled } = first;
  return { value, ...endsOf(resampled && bootstrapInterval(resampled, users)), unit: 'users', units: users };
}

/**
 * Compares two models that ranked the same query pairs, users in the same order: resample by resample where both were
 * evaluated once, else seed by seed; one evaluation stands beside each seed of the other.
 */
export function compare(model: readonly Measurement[], other: readonly Measurement[]): Comparison {
  const count = Math.max(model.length, other.length);
  const [one, two] = [model[0], other[0]];
  if (count === 1 && one !== undefined && two !== undefined) return overUsers(one, two);
  const seedOf = (seeds: readonly Measurement[], index: number) =>
    seeds[seeds.length === 1 ? 0 : index]?.value ?? Number.NaN;
  const values = Array.from(
    { length: count },
    (_, index) => [seedOf(model, index), seedOf(other, index)] as const,
  );
  const over = differAlike(values) ? withoutEnds : overSeeds;
  const difference = over(values.map(([value, base]) => value - base));
  const hasPercent = values.every(([, base]) => base > 0);
  return {
    difference,
    improvementPercent: hasPercent ? over(values.map(([value, base]) => percent(value, base))) : undefined,
    unit: 'seeds',
    distinguishable: verdict(difference),
  };
}

function overUsers(one: Measurement, two: Measurement): Comparison {
  const [means, bases] = [one.resampled, two.resampled];
  const intervalOf = (figure: (value: number, base: number) => number) =>
    means &&
    bases &&
    bootstrapInterval(
      means.map((value, resample) => figure(value, bases[resample] ?? Number.NaN)),
      one.users,
    );
  const [value, base] = [one.value, two.value];
  const difference = { value: value - base, ...endsOf(intervalOf((mean, other) => mean - other)) };
  // A resample whose base is 0 has no percentage, and so no interval that would hold for all.
  const hasInterval = bases?.every((mean) => mean > 0) ?? false;
  return {
    difference,
    improvementPercent:
      base > 0
        ? { value: percent(value, base), ...endsOf(hasInterval ? intervalOf(percent) : undefined) }
        : undefined,
    unit: 'users',
    distinguishable: verdict(difference, one.users),
  };
}

/** Whether all differ by the same, which is not nothing, as far as numbers of that size can tell. */
function differAlike(values: readonly (readonly [value: number, base: number])[]): boolean {
  const differences = values.map(([value, base]) => value - base);
  const size = greatest(values.flat().map(Math.abs));
  const [lowest, highest] = [least(differences), greatest(differences)];
  return highest - lowest <= 1e-12 * size && Math.max(Math.abs(lowest), Math.abs(highest)) > 1e-12 * size;
}

function withoutEnds(values: readonly number[]): Estimate {
  return { ...overSeeds(values), low: null, high: null };
}

function percent(value: number, base: number): number {
  return 100 * (value / base - 1);
}

function overSeeds(values: readonly number[]): Estimate {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { value: mean, ...endsOf(values.length < 2 ? undefined : studentInterval(values)) };
}

function endsOf(interval: Interval | undefined): Pick<Estimate, 'low' | 'high'> {
  return interval ?? { low: null, high: null };
}

function verdict({ low, high }: Estimate, users?: number): 'yes' | 'no' | null {
  if (low === null || high === null) return null;
  if (users !== undefined) return distinguishableOver({ low, high }, users);
  return isDistinguishable({ low, high }) ? 'yes' : 'no';
}
