import { describe, expect, it } from 'vitest';
import { compare } from '../../src/statistics/compare.js';
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

describe('a comparison over seeds', () => {
  const seeds = (...values: readonly number[]) => values.map((value) => ({ value, users: 0 }));

  it('has no interval where all differ alike, as far as numbers can tell', () => {
    const { difference, improvementPercent, distinguishable } = compare(
      seeds(0.3, 0.4, 0.5),
      seeds(0.2, 0.3, 0.4),
    );
    expect(difference).toEqual({ value: expect.closeTo(0.1, 12), low: null, high: null });
    expect([improvementPercent?.low, distinguishable]).toEqual([null, null]);
    expect(compare(seeds(0.3, 0.4, 0.50001), seeds(0.2, 0.3, 0.4)).distinguishable).toBe('yes');
  });

  it('says that what is the same cannot be told apart', () => {
    expect(compare(seeds(0.3, 0.4), seeds(0.3, 0.4)).distinguishable).toBe('no');
  });
});
