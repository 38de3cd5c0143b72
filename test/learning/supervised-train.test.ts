import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FailureError } from '../../src/base/failure.js';
import { createEngine } from '../../src/engines/wasm/wasm-engine.js';
import { adam } from '../../src/learning/adam.js';
import type { OptimizerState } from '../../src/learning/optimizer.js';
import { createBatches, supervisedIteration } from '../../src/learning/supervised-train.js';
import { initialParameters } from '../../src/model/gru/initial-parameters.js';
import { pairSet } from '../engines/arbitrary-tasks.js';

/** Pair `i` has label `i`. */
const numbered = (count: number) =>
  pairSet(Array.from({ length: count }, (_, label) => ({ prefix: [label % 3, label % 5], label })));

const orderOf = (count: number, size: number, seed: number, epoch: number) => {
  const { perEpoch, batch } = createBatches(numbered(count), size, seed);
  return Array.from({ length: perEpoch }, (_, i) => [...batch(epoch * perEpoch + i).labels]);
};

describe('createBatches', () => {
  it('gives every pair once in every epoch, in batches of the size but for the last', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 70 }),
        fc.nat(3),
        (count, size, epoch) => {
          const batches = orderOf(count, size, 1, epoch);
          expect(batches.flat().sort((one, other) => one - other)).toEqual([...numbered(count).labels]);
          for (const batch of batches.slice(0, -1)) expect(batch).toHaveLength(size);
          expect(batches.at(-1)).toHaveLength(count % size === 0 ? size : count % size);
        },
      ),
    );
  });

  it('keeps the prefix with its label', () => {
    const { items, labels } = createBatches(numbered(20), 20, 1).batch(0);
    expect([...items]).toEqual([...labels].flatMap((label) => [label % 3, label % 5]));
  });

  it('shuffles anew for each epoch and each seed', () => {
    const orders = [orderOf(30, 30, 1, 0), orderOf(30, 30, 1, 1), orderOf(30, 30, 2, 0)];
    expect(new Set(orders.map(String)).size).toBe(3);
  });

  it('gives an iteration what does not depend on the ones before it', () => {
    const inOrder = createBatches(numbered(20), 6, 1);
    const all = [0, 1, 2, 3, 4, 5, 6].map((iteration) => inOrder.batch(iteration));
    const fresh = createBatches(numbered(20), 6, 1);
    expect([6, 2, 4].map((iteration) => fresh.batch(iteration))).toEqual([all[6], all[2], all[4]]);
  });

  it('refuses to train on nothing', () => {
    expect(() => createBatches(numbered(0), 4, 1)).toThrow('there is no pair to learn from');
  });
});

describe('supervisedIteration', () => {
  const optimizer = adam(0.01);
  const shape = { items: 70, embedding: 8, hidden: 12 };
  const parameters = Float32Array.from(initialParameters(shape, 1));

  it('ends in the same bits at any number of threads', async () => {
    const trained = async (threads: number): Promise<OptimizerState> => {
      const engine = await createEngine({ shape, threads });
      const { batch } = createBatches(numbered(70), 50, 1);
      let state = optimizer.init(parameters);
      for (let i = 0; i < 6; i++) ({ state } = await supervisedIteration(engine, state, batch(i), optimizer));
      await engine.close();
      return state;
    };
    const one = await trained(1);
    expect(await trained(3)).toEqual(one);
    expect(one.parameters).not.toEqual(parameters);
  });

  it('says at which iteration the loss stopped being a number', async () => {
    const engine = await createEngine({ shape, threads: 1 });
    const state = { ...optimizer.init(parameters.slice().fill(Number.NaN)), step: 41 };
    const failureOf = async (seedOf?: () => number) =>
      await supervisedIteration(engine, state, numbered(4), optimizer, undefined, seedOf).catch(
        (error: unknown) => error,
      );
    const failure = await failureOf();
    const ofModule = await failureOf(() => 1);
    await engine.close();
    expect(failure).toBeInstanceOf(FailureError);
    expect((failure as FailureError).failure).toMatchObject({
      reason: 'not-finite',
      message: expect.stringContaining('at iteration 42 the loss is NaN'),
      hint: 'lower learning_rate',
    });
    expect((ofModule as FailureError).failure.hint).toMatch(
      /^lower learning_rate; a model of your own may divide by 0/,
    );
  });
});
