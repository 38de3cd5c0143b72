import { bootstrapInterval, distinguishableOver } from './bootstrap.js';
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
  const users = Math.min(model.users, other.users);
  const interval = bootstrapInterval(
    means.map((mean, resample) => mean - (bases[resample] ?? Number.NaN)),
    users,
  );
  return {
    ...base,
    difference: { value: difference, ...interval },
    distinguishable: distinguishableOver(interval, users),
  };
}
