import { expect, test } from 'vitest';
import { padPrefixes } from '../../src/data/pad-prefixes.js';
import { pairSet } from '../engines/arbitrary-tasks.js';

test('item 0 is appended to shorter prefixes, and longer ones stay', () => {
  const pairs = pairSet([
    { prefix: [4], label: 1 },
    { prefix: [3, 2, 1], label: 2 },
    { prefix: [5, 6], label: 3 },
  ]);
  expect(padPrefixes(pairs, 2)).toEqual(
    pairSet([
      { prefix: [4, 0], label: 1 },
      { prefix: [3, 2, 1], label: 2 },
      { prefix: [5, 6], label: 3 },
    ]),
  );
  expect(padPrefixes(pairs, 0)).toEqual(pairs);
});
