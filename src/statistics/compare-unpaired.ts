import { isDistinguishable, percentileInterval } from './bootstrap.js';
import type { Comparison, Measurement } from './compare.js';

/**
 * Compares two evaluations on different query pairs, as independent samples of users: wider than a paired comparison,
 * because what the users differ in is not taken out.
 *
 * Resample r of both comes from the same random stream, so each is set against the other's from the far end: no two
 * that meet share their draws.
 */
export function compareUnpaired(model: Measurement, other: Measurement): Comparison {
  const [means, bases] = [model.resampled, other.resampled?.toReversed()];
  const difference = model.value - other.value;
  const base = { unit: 'users', improvementPercent: undefined } as const;
  if (means === undefined || bases === undefined) {
    return { ...base, difference: { value: difference, low: null, high: null }, distinguishable: null };
  }
  const interval = percentileInterval(means.map((mean, resample) => mean - (bases[resample] ?? Number.NaN)));
  return {
    ...base,
    difference: { value: difference, ...interval },
    distinguishable: isDistinguishable(interval) ? 'yes' : 'no',
  };
}
