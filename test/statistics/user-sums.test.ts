import { describe, expect, it } from 'vitest';
import { metrics } from '../../src/statistics/metrics.js';
import { userSums } from '../../src/statistics/user-sums.js';

describe('userSums', () => {
  it('sums by user, users in the order of the bytes of their ids whatever the order of the pairs', () => {
    const accuracy = metrics.filter(({ name }) => name === 'accuracy@1');
    const users = ['b', '\u{1f600}', 'a', '\uffff', 'b', 'a', 'b'];
    const { counts, sums } = userSums({ users, ranks: [1, 1, 2, 4, 1, 1, 3] }, accuracy);
    // In UTF-8 a, b, U+FFFF, U+1F600; in UTF-16 the last two would change places.
    expect([...counts]).toEqual([2, 3, 1, 1]);
    expect(sums.map((column) => [...column])).toEqual([[1, 2, 0, 1]]);
  });

  it('gives empty columns for no pairs', () => {
    const { counts, sums } = userSums({ users: [], ranks: [] }, metrics);
    expect(counts.length + sums.reduce((sum, column) => sum + column.length, 0)).toBe(0);
    expect(sums).toHaveLength(metrics.length);
  });
});
