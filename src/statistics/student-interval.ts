import type { Interval } from './interval.js';

/**
 * The mean's 95 % interval by Student's t, for a few independent values (seeds) that a bootstrap would flatter. NaN for
 * fewer than two.
 */
export function studentInterval(values: readonly number[]): Interval {
  const count = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const error = Math.sqrt(squares / (count - 1) / count);
  const reach = count < 2 ? Number.NaN : studentQuantile(count - 1) * error;
  return { low: mean - reach, high: mean + reach };
}

/** The t below which 97.5 % of Student's distribution lie, for whole degrees of freedom from 1. */
export function studentQuantile(degrees: number): number {
  let low = 0;
  // One degree of freedom has the widest tails: 12.706.
  let high = 13;
  for (let halving = 0; halving < 60; halving++) {
    const middle = (low + high) / 2;
    if (withinShare(middle, degrees) < 0.95) low = middle;
    else high = middle;
  }
  return high;
}

/**
 * The share of Student's distribution within -t and t.
 *
 * Source: Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.3 and 26.7.4.
 */
function withinShare(t: number, degrees: number): number {
  const angle = Math.atan(t / Math.sqrt(degrees));
  const cosine = Math.cos(angle);
  const isOdd = degrees % 2 === 1;
  let term = isOdd ? cosine : 1;
  let series = degrees === 1 ? 0 : term;
  for (let power = isOdd ? 3 : 2; power <= degrees - 2; power += 2) {
    term *= ((power - 1) / power) * cosine ** 2;
    series += term;
  }
  return isOdd ? (2 / Math.PI) * (angle + Math.sin(angle) * series) : Math.sin(angle) * series;
}
