import { describe, expect, it } from 'vitest';
import { createSessionKnn } from '../../src/learning/session-knn.js';

// The most recent first: {0, 1}, {1, 2, 3}, {0, 1, 2}, {4}.
const sessions = {
  itemCount: 6,
  sessions: Int32Array.of(0, 0, 1, 1, 1, 2, 2, 2, 3),
  items: Int32Array.of(0, 1, 1, 2, 3, 0, 1, 2, 4),
};
// Cosines with {0, 1}: two of two shared, one of three, two of three.
const [first, second, third] = [1, 1 / Math.sqrt(6), 2 / Math.sqrt(6)];

function scores(
  current: readonly number[],
  neighbours: number,
  sampleSize: number,
  similarity: 'cosine' | 'linear_decay' = 'cosine',
): number[] {
  return [...createSessionKnn(sessions, { neighbours, sampleSize, similarity })(current)];
}

function expectClose(actual: readonly number[], expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  for (const [item, value] of expected.entries()) expect(actual[item]).toBeCloseTo(value, 14);
}

describe('createSessionKnn, worked by hand', () => {
  it('adds up the similarities of the sessions that hold an item, the current one taken as a set', () => {
    const expected = [first + third, first + second + third, second + third, second, 0, 0];
    expectClose(scores([0, 1, 0], 10, 10), expected);
  });

  it('lets the most similar sessions vote only', () => {
    expectClose(scores([0, 1], 2, 10), [first + third, first + third, third, 0, 0, 0]);
    expectClose(scores([0, 1], 1, 10), [first, first, 0, 0, 0, 0]);
  });

  it('looks for them among the most recent sessions that share an item only', () => {
    expectClose(scores([0, 1], 10, 2), [first, first + second, second, second, 0, 0]);
    // The last session is the only one with item 4, however many are more recent.
    expectClose(scores([4], 1, 1), [0, 0, 0, 0, 1, 0]);
  });

  it('takes the more recent of two equally similar sessions', () => {
    // {1, 2, 3} and {0, 1, 2} share one of three items with {2}.
    const similarity = 1 / Math.sqrt(3);
    expectClose(scores([2], 1, 10), [0, similarity, similarity, similarity, 0, 0]);
  });

  it('weighs by linear decay what came last most, whatever the size of the other session', () => {
    // In [0, 1, 2] the items weigh 1, 2 and 3 thirds: {0, 1} shares 3, {1, 2, 3} shares 5, {0, 1, 2} all 6.
    expectClose(scores([0, 1, 2], 10, 10, 'linear_decay'), [1 + 2, 1 + 5 / 3 + 2, 5 / 3 + 2, 5 / 3, 0, 0]);
    expectClose(scores([0, 1, 2], 2, 10, 'linear_decay'), [2, 5 / 3 + 2, 5 / 3 + 2, 5 / 3, 0, 0]);
    // An item that came twice counts where it came last: in [2, 0, 2] item 2 weighs 3 thirds, item 0 two.
    expectClose(scores([2, 0, 2], 1, 10, 'linear_decay'), [5 / 3, 5 / 3, 5 / 3, 0, 0, 0]);
  });

  it('has nothing to say of items that nobody visited', () => {
    expectClose(scores([5], 10, 10), [0, 0, 0, 0, 0, 0]);
  });
});
