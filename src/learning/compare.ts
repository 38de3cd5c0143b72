import { type Interval, isDistinguishable, percentileInterval, resampledMeans } from './bootstrap.js';
import { studentInterval } from './student-interval.js';

/** What a metric is the mean of: each user's sum over query pairs, and how many they are. */
export interface UserGains {
  readonly sums: Float64Array;
  readonly counts: Float64Array;
}

/** What an interval is over: its number says how far results reach beyond those users, or those seeds. */
export type Unit = 'users' | 'seeds';

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
export function estimate(seeds: readonly UserGains[]): Estimate & { unit: Unit; units: number } {
  const [first] = seeds;
  if (first === undefined || seeds.length > 1) {
    return { ...overSeeds(seeds.map(meanOf)), unit: 'seeds', units: seeds.length };
  }
  const units = first.counts.length;
  const [means] = units < 2 ? [] : resampledMeans([first.sums], first.counts);
  return { value: meanOf(first), ...endsOf(means && percentileInterval(means)), unit: 'users', units };
}

/**
 * Compares two models that ranked the same query pairs, users in the same order: resample by resample where both were
 * evaluated once, else seed by seed; one evaluation stands beside each seed of the other.
 */
export function compare(model: readonly UserGains[], other: readonly UserGains[]): Comparison {
  const count = Math.max(model.length, other.length);
  const [one, two] = [model[0], other[0]];
  if (count === 1 && one !== undefined && two !== undefined) return overUsers(one, two);
  const seedOf = (seeds: readonly UserGains[], index: number) =>
    meanOf(seeds[seeds.length === 1 ? 0 : index]);
  const values = Array.from(
    { length: count },
    (_, index) => [seedOf(model, index), seedOf(other, index)] as const,
  );
  const difference = overSeeds(values.map(([value, base]) => value - base));
  const hasPercent = values.every(([, base]) => base > 0);
  return {
    difference,
    improvementPercent: hasPercent
      ? overSeeds(values.map(([value, base]) => percent(value, base)))
      : undefined,
    unit: 'seeds',
    distinguishable: verdict(difference),
  };
}

function overUsers(one: UserGains, two: UserGains): Comparison {
  const [means, bases] = one.counts.length < 2 ? [] : resampledMeans([one.sums, two.sums], one.counts);
  // Both columns have as many resamples.
  const intervalOf = (figure: (value: number, base: number) => number) =>
    means && bases && percentileInterval(means.map((value, resample) => figure(value, bases[resample]!)));
  const [value, base] = [meanOf(one), meanOf(two)];
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
    distinguishable: verdict(difference),
  };
}

function percent(value: number, base: number): number {
  return 100 * (value / base - 1);
}

function meanOf(gains: UserGains | undefined): number {
  const total = (values: Float64Array | undefined) => values?.reduce((sum, value) => sum + value, 0) ?? 0;
  return total(gains?.sums) / total(gains?.counts);
}

function overSeeds(values: readonly number[]): Estimate {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { value: mean, ...endsOf(values.length < 2 ? undefined : studentInterval(values)) };
}

function endsOf(interval: Interval | undefined): Pick<Estimate, 'low' | 'high'> {
  return interval ?? { low: null, high: null };
}

function verdict({ low, high }: Estimate): 'yes' | 'no' | null {
  if (low === null || high === null) return null;
  return isDistinguishable({ low, high }) ? 'yes' : 'no';
}
