import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Task } from '../../src/data/pair-set.js';
import type { Engine } from '../../src/engines/engine.js';
import { createEngine as createReference } from '../../src/engines/reference/reference-engine.js';
import { createEngine as createWasm } from '../../src/engines/wasm/wasm-engine.js';
import type { GruShape } from '../../src/model/gru/gru-shape.js';
import { initialParameters } from '../../src/model/gru/initial-parameters.js';
import { arbitraryHyper, arbitraryTask, pairSet } from './arbitrary-tasks.js';
import { relativeError, worstTensor } from './numeric.js';
import { describeAgainstPyTorch } from './pytorch.js';

/** Sizes around and across the multiples of 4 and 8 that the kernel pads to. */
const sizes: fc.Arbitrary<GruShape> = fc.record({
  items: fc.integer({ min: 3, max: 70 }),
  embedding: fc.integer({ min: 1, max: 27 }),
  hidden: fc.integer({ min: 1, max: 41 }),
});
const oneTask = {
  support: pairSet([{ prefix: [1], label: 2 }]),
  query: pairSet([{ prefix: [1, 2], label: 0 }]),
};

async function withEngines<Result>(
  shape: GruShape,
  body: (wasm: Engine, reference: Engine) => Promise<Result>,
): Promise<Result> {
  const wasm = await createWasm({ shape, threads: 2 });
  try {
    return await body(wasm, await createReference({ shape, threads: 1 }));
  } finally {
    await wasm.close();
  }
}

describe('the wasm engine', () => {
  it('agrees with the reference to 1e-5 in every tensor, whatever the forest, the sizes and the settings', async () => {
    const drawn = sizes.chain((shape) =>
      fc.tuple(
        fc.constant(shape),
        fc.array(arbitraryTask(shape.items), { minLength: 1, maxLength: 5 }),
        arbitraryHyper,
        fc.integer({ min: 0, max: 2 ** 31 }),
      ),
    );
    await fc.assert(
      fc.asyncProperty(drawn, async ([shape, tasks, hyper, seed]) => {
        const parameters = Float32Array.from(initialParameters(shape, seed));
        await withEngines(shape, async (wasm, reference) => {
          const found = await wasm.metaGradient(parameters, tasks, hyper);
          const expected = await reference.metaGradient(parameters, tasks, hyper);
          expect(relativeError(found.lossPerTask, expected.lossPerTask)).toBeLessThan(1e-6);
          expect(worstTensor(shape, found.gradient, expected.gradient)).toBeLessThan(1e-5);

          const pairs = tasks[0]?.query ?? oneTask.query;
          const supervised = await wasm.lossGradient(parameters, pairs);
          const wanted = await reference.lossGradient(parameters, pairs);
          expect(worstTensor(shape, supervised.gradient, wanted.gradient)).toBeLessThan(1e-5);
        });
      }),
      { numRuns: 25, seed: 20260107 },
    );
  });

  it('agrees with the reference at the size of the experiment: gradients, rate gradients, ranks and drift', async () => {
    const shape = { items: 343, embedding: 64, hidden: 128 };
    const tasks = fc.sample(arbitraryTask(shape.items), { numRuns: 3, seed: 5 });
    const parameters = Float32Array.from(initialParameters(shape, 2));
    const hyper = { innerRates: 0.05, innerSteps: 5, lambdaResidual: 0.1, secondOrder: true };
    await withEngines(shape, async (wasm, reference) => {
      for (const learnRates of [false, true]) {
        const found = await wasm.metaGradient(parameters, tasks, { ...hyper, learnRates });
        const expected = await reference.metaGradient(parameters, tasks, { ...hyper, learnRates });
        expect(worstTensor(shape, found.gradient, expected.gradient)).toBeLessThan(1e-5);
        if (expected.rateGradient === undefined) continue;
        if (found.rateGradient === undefined) throw new Error('asked for a rate gradient, and got none');
        expect(worstTensor(shape, found.rateGradient, expected.rateGradient)).toBeLessThan(1e-5);
      }
      // One rate for each, some of them 0: the dense path.
      const innerRates = Float32Array.from(parameters, (_, i) => (i % 5 === 0 ? 0 : 0.02 + (i % 11) / 200));
      const perParameter = { ...hyper, innerRates, learnRates: true };
      const dense = await wasm.metaGradient(parameters, tasks, perParameter);
      const wanted = await reference.metaGradient(parameters, tasks, perParameter);
      if (dense.rateGradient === undefined || wanted.rateGradient === undefined) throw new Error('no rates');
      expect(worstTensor(shape, dense.gradient, wanted.gradient)).toBeLessThan(1e-5);
      expect(worstTensor(shape, dense.rateGradient, wanted.rateGradient)).toBeLessThan(1e-5);
      const steps = [0, 1, 5];
      const denseRanks = await wasm.adaptAndRank(parameters, tasks, { innerRates, steps });
      expect(denseRanks.ranks).toEqual(
        (await reference.adaptAndRank(parameters, tasks, { innerRates, steps })).ranks,
      );
      const found = await wasm.adaptAndRank(parameters, tasks, { innerRates: 0.05, steps });
      const expected = await reference.adaptAndRank(parameters, tasks, { innerRates: 0.05, steps });
      expect(found.ranks).toEqual(expected.ranks);
      const norms = (all: typeof found) =>
        Float64Array.from(
          all.drift
            .flat(2)
            .flatMap(({ normBefore, normAfter, normOfChange }) => [normBefore, normAfter, normOfChange]),
        );
      expect(found.drift.flat(2).map(({ tensor }) => tensor)).toEqual(
        expected.drift.flat(2).map(({ tensor }) => tensor),
      );
      expect(relativeError(norms(found), norms(expected))).toBeLessThan(1e-6);
    });
  });

  it('takes prefixes of a thousand items', async () => {
    const shape = { items: 50, embedding: 8, hidden: 16 };
    const prefix = Array.from({ length: 1000 }, (_, i) => (i * 7) % 50);
    const long = pairSet([
      { prefix, label: 3 },
      { prefix: prefix.slice(0, 999), label: 4 },
    ]);
    const parameters = Float32Array.from(initialParameters(shape, 3));
    const hyper = { innerRates: 0.05, innerSteps: 2, lambdaResidual: 0.1, secondOrder: true };
    await withEngines(shape, async (wasm, reference) => {
      const task: Task = { support: long, query: long };
      const found = await wasm.metaGradient(parameters, [task], hyper);
      const expected = await reference.metaGradient(parameters, [task], hyper);
      expect(worstTensor(shape, found.gradient, expected.gradient)).toBeLessThan(1e-5);
    });
  });
});

describeAgainstPyTorch('wasm', createWasm);
