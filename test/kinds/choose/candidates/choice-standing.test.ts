import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../../src/base/json.js';
import { choiceStanding } from '../../../../src/kinds/choose/candidates/choice-standing.js';

const rates = [0.2, 0.01, 0.05];
const grid = rates.flatMap((rate) => [1, 5].map((steps): JsonObject => ({ rate, steps })));

const standing = (winner: JsonObject, given: Partial<Parameters<typeof choiceStanding>[0]> = {}) =>
  choiceStanding({
    ...{ winner, equals: [winner], tried: grid, failed: [], average: [], progress: [], patience: undefined },
    ...given,
  });

describe('edges of a grid', () => {
  it('are the smallest and the largest number tried, of each name that varies', () => {
    expect(standing({ rate: 0.05, steps: 5 })).toEqual({
      among: 6,
      edges: [{ name: 'steps', value: 5, end: 'largest', tried: [1, 5] }],
    });
    expect(standing({ rate: 0.01, steps: 1 }).edges?.map(({ name, end }) => [name, end])).toEqual([
      ['rate', 'smallest'],
      ['steps', 'smallest'],
    ]);
  });

  it('are none where there is nothing to order, nothing below 0, and nothing else was tried', () => {
    const tried = ['a', 'b'].flatMap((loss) =>
      [0, 1, 2].map((weight): JsonObject => ({ loss, weight, k: 5, inner_lr: null })),
    );
    expect(standing({ loss: 'a', weight: 0, k: 5, inner_lr: null }, { tried })).toEqual({ among: 6 });
    expect(standing({ loss: 'b', weight: 2, k: 5, inner_lr: null }, { tried }).edges).toHaveLength(1);
  });

  it('are no seeds, and nothing that is averaged over', () => {
    const tried = [1, 2].flatMap((seed) => [3, 4].map((draw): JsonObject => ({ seed, draw })));
    expect(standing({ seed: 1 }, { tried, average: ['draw'] })).toEqual({ among: 2 });
  });

  it('count what failed, and are not known where nobody knows what failed', () => {
    const beyond: JsonObject = { rate: 0.5, steps: 5 };
    expect(standing({ rate: 0.2, steps: 1 }, { failed: [beyond] })).toMatchObject({
      among: 7,
      edges: [{ name: 'steps' }],
    });
    expect(standing({ rate: 0.2, steps: 1 }, { failed: [{ steps: 5 }] }).edges).toHaveLength(1);
    expect(standing({ rate: 0.2, steps: 1 }).edges).toHaveLength(2);
  });
});

describe('ties', () => {
  it('name others with the same value, the first few of many, and not the same setting twice', () => {
    const winner: JsonObject = { rate: 0.05, steps: 0 };
    expect(standing(winner, { equals: [winner, { ...winner }] }).ties).toBeUndefined();
    const others = grid.slice(0, 5);
    expect(standing(winner, { equals: [winner, ...others] }).ties).toEqual({
      count: 5,
      others: others.slice(0, 3),
    });
  });
});

describe('the last checkpoint', () => {
  const chain = (rate: number, epochs: readonly number[]) =>
    epochs.map((epoch): JsonObject => ({ rate, epochs: epoch }));
  const tried = [...chain(0.1, [1, 2, 3]), ...chain(0.2, [1, 2, 3, 4])];
  const last = (winner: JsonObject, patience?: number, failed: readonly JsonObject[] = []) =>
    standing(winner, { tried, failed, progress: ['epochs'], patience }).last;

  it('is that of the winner’s own training, and its number no edge', () => {
    expect(last({ rate: 0.1, epochs: 3 })).toEqual({ name: 'epochs', value: 3, later: 0 });
    expect(last({ rate: 0.2, epochs: 3 })).toBeUndefined();
    const { edges } = standing({ rate: 0.2, epochs: 4 }, { tried, progress: ['epochs'] });
    expect(edges?.map(({ name }) => name)).toEqual(['rate']);
    expect(standing({ epochs: 1 }, { tried: [{ epochs: 1 }], progress: ['epochs'] })).toEqual({ among: 1 });
  });

  it('is near where patience had not run out, and none where a later one failed', () => {
    expect(last({ rate: 0.2, epochs: 2 }, 3)).toEqual({ name: 'epochs', value: 2, later: 2, patience: 3 });
    expect(last({ rate: 0.2, epochs: 2 }, 2)).toBeUndefined();
    expect(last({ rate: 0.1, epochs: 3 }, undefined, [{ rate: 0.1, epochs: 4 }])).toBeUndefined();
  });
});
