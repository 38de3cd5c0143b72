import { expect, test } from 'vitest';
import type { JsonObject } from '../../src/base/json.js';
import { choiceCautions } from '../../src/report/choice-cautions.js';

const cautionsOf = (choice: JsonObject, row: JsonObject = { rate: 0.05, steps: 10, k: 5 }) =>
  choiceCautions({ ...row, metric: 'mrr', mode: 'max', value: 0.495, index: 3, choice });

test('a number at the edge of its grid is said with what was tried and what to try', () => {
  const edge = { name: 'rate', value: 0.05, end: 'largest', tried: [0.01, 0.02, 0.05] };
  expect(cautionsOf({ among: 3, edges: [edge] })).toEqual([
    'rate 0.05 is the largest of 0.01, 0.02, 0.05: larger ones may be better, so add some',
  ]);
  const many = Array.from({ length: 20 }, (_, index) => index + 1);
  expect(cautionsOf({ among: 20, edges: [{ ...edge, value: 1, end: 'smallest', tried: many }] })).toEqual([
    'rate 1 is the smallest of 20 values: smaller ones may be better, so add some',
  ]);
});

test('a tie names all by what tells them apart', () => {
  const ties = { count: 4, others: [{ rate: 0.1, steps: 5, k: 5 }] };
  expect(cautionsOf({ among: 9, ties })).toEqual([
    'rate 0.05, steps 10 was taken as the first of equals: rate 0.1, steps 5; 3 more have the same mrr, 0.495; choose by a finer metric or on more users',
  ]);
  expect(cautionsOf({ among: 2, ties: { count: 1, others: [{ rate: 0.05, steps: 20, k: 5 }] } })).toEqual([
    'steps 10 was taken as the first of equals: steps 20 has the same mrr, 0.495; choose by a finer metric or on more users',
  ]);
});

test('a training that may not have ended is said, and nothing of a choice that stands well or an older document', () => {
  expect(cautionsOf({ among: 10, last: { name: 'epochs', value: 10, later: 0 } })).toEqual([
    'epochs 10 is the last checkpoint: training may not be finished, so train longer',
  ]);
  expect(cautionsOf({ among: 10, last: { name: 'epochs', value: 8, later: 2, patience: 5 } })).toEqual([
    'after epochs 8 come 2 checkpoints, fewer than the patience of 5: training may not be finished, so train longer',
  ]);
  expect(cautionsOf({ among: 10 })).toEqual([]);
  expect(choiceCautions({ metric: 'mrr', value: 0.1 })).toEqual([]);
});
