/**
 * The greatest of the values, but no less than `floor`; NaN where one is. Of any number of values, where spreading them
 * into `Math.max` overflows the stack at some 100,000.
 */
export function greatest(values: Iterable<number>, floor = Number.NEGATIVE_INFINITY): number {
  let found = floor;
  for (const value of values) found = Math.max(found, value);
  return found;
}

/** The least of the values, but no more than `ceiling`; NaN where one is. */
export function least(values: Iterable<number>, ceiling = Number.POSITIVE_INFINITY): number {
  let found = ceiling;
  for (const value of values) found = Math.min(found, value);
  return found;
}
