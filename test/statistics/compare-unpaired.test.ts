import { describe, expect, it } from 'vitest';
import { compare, measure } from '../../src/statistics/compare.js';
import { compareUnpaired } from '../../src/statistics/compare-unpaired.js';

/** Users with ten pairs each, whose means differ from user to user; a stream of this test's own. */
function evaluation(users: number, mean: number, seed: number) {
  let state = seed;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const sums = Float64Array.from({ length: users }, () => 10 * (mean + 0.4 * (random() - 0.5)));
  const counts = new Float64Array(users).fill(10);
  const means = [...sums].map((sum) => sum / 10);
  const average = means.reduce((sum, value) => sum + value, 0) / users;
  const variance = means.reduce((sum, value) => sum + (value - average) ** 2, 0) / (users - 1) / users;
  return { measured: measure([sums], counts)[0]!, average, variance };
}

describe('two evaluations on other pairs', () => {
  it('differ by the difference of their means, within what independent samples of users allow', () => {
    const [one, other] = [evaluation(150, 0.4, 7), evaluation(90, 0.37, 99)];
    const { difference, unit, distinguishable } = compareUnpaired(one.measured, other.measured);
    expect(difference.value).toBeCloseTo(one.average - other.average, 12);
    // The central limit theorem's interval; the bootstrap has its own noise.
    const reach = 1.96 * Math.sqrt(one.variance + other.variance);
    expect((difference.high ?? 0) - (difference.low ?? 0)).toBeGreaterThan(2 * reach * 0.9);
    expect((difference.high ?? 0) - (difference.low ?? 0)).toBeLessThan(2 * reach * 1.1);
    expect(unit).toBe('users');
    expect(distinguishable).toBe((difference.low ?? 0) > 0 ? 'yes' : 'no');
  });

  it('are not taken for paired where the users happen to be the same', () => {
    const { measured, variance } = evaluation(200, 0.4, 5);
    expect(compare([measured], [measured]).difference).toEqual({ value: 0, low: 0, high: 0 });
    const { low, high } = compareUnpaired(measured, measured).difference;
    const width = 2 * 1.96 * Math.sqrt(2 * variance);
    expect((high ?? 0) - (low ?? 0)).toBeGreaterThan(width * 0.9);
  });

  it('have no interval where one is of a single user', () => {
    const alone = measure([Float64Array.of(3)], Float64Array.of(10))[0]!;
    const many = evaluation(50, 0.5, 3).measured;
    expect(compareUnpaired(alone, many)).toMatchObject({
      difference: { low: null, high: null },
      distinguishable: null,
    });
  });
});
