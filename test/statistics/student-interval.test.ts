import { describe, expect, it } from 'vitest';
import { studentInterval, studentQuantile } from '../../src/statistics/student-interval.js';

describe('the quantile of Student’s distribution', () => {
  // scipy.stats.t.ppf(0.975, df)
  it.each([
    [1, 12.706204736432095],
    [2, 4.302652729911275],
    [3, 3.182446305284263],
    [4, 2.7764451051977987],
    [9, 2.2621571627409915],
    [30, 2.0422724563012373],
    [99, 1.9842169515086827],
  ])('at %i degrees of freedom is SciPy’s', (degrees, expected) => {
    expect(studentQuantile(degrees)).toBeCloseTo(expected, 8);
  });
});

describe('an interval over seeds', () => {
  it('is the mean and t times its standard error', () => {
    const { low, high } = studentInterval([0.3, 0.34, 0.35]);
    expect((low + high) / 2).toBeCloseTo(0.33, 12);
    expect((high - low) / 2).toBeCloseTo((4.302652729911275 * Math.sqrt(0.0007)) / Math.sqrt(3), 9);
  });

  it('is none for one value', () => {
    expect(studentInterval([0.3])).toEqual({ low: Number.NaN, high: Number.NaN });
  });
});
