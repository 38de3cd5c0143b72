import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PairSet, Task } from '../../src/data/pair-set.js';
import type { Engine, EngineOptions, MetaHyper, Parameters } from '../../src/engines/engine.js';
import { createEngine as createReference } from '../../src/engines/reference/reference-engine.js';
import { engines } from '../../src/engines/registry.js';
import { gru } from '../../src/model/gru/gru.js';
import type { GruShape } from '../../src/model/gru/gru-shape.js';
import { parameterCount, parameterLayout } from '../../src/model/gru/parameter-layout.js';
import { scopeFactors } from '../../src/model/inner-rates.js';
import { isLayerRates, ratesOfStep } from '../../src/model/layer-rates.js';
import {
  arbitraryPairs,
  arbitraryShape,
  arbitraryTask,
  pairSet,
  randomParameters,
  randomVector,
} from './arbitrary-tasks.js';
import { finiteDifferences, norm, relativeError } from './numeric.js';
import { plainLoss, plainOrders, plainRanks } from './plain-model.js';

/** What the suite has to know of an engine; tolerances are relative errors in norm. */
export interface Subject {
  readonly name: string;
  createEngine(options: EngineOptions): Promise<Engine>;
  /** Of a loss, a gradient and a meta-gradient. */
  readonly tolerance: number;
}

const runs = { numRuns: 12, seed: 20260107 };

/**
 * What every engine must compute. The truth is a plain model in float64 and its finite differences; where an inner
 * loop has to be run for a difference, its gradients are the reference engine's, which this suite holds to the same.
 */
export function describeEngine(subject: Subject): void {
  const { tolerance } = subject;
  const withEngine = async (
    shape: GruShape,
    body: (engine: Engine, own: (parameters: Float64Array) => Parameters) => Promise<void>,
  ): Promise<void> => {
    const engine = await subject.createEngine({ shape, threads: 1 });
    try {
      await body(engine, (vector) => (engine.precision === 'float64' ? vector : Float32Array.from(vector)));
    } finally {
      await engine.close();
    }
  };

  describe(`engine ${subject.name}`, () => {
    it('gives the loss of the plain model and the gradient of its finite differences', async () => {
      await fc.assert(
        fc.asyncProperty(shapeAnd(arbitraryPairs), fc.integer(), async ([shape, pairs], seed) => {
          const parameters = randomParameters(shape, seed);
          const expected = await finiteDifferences((at) => plainLoss(shape, at, pairs), parameters);
          await withEngine(shape, async (engine, own) => {
            const { loss, gradient } = await engine.lossGradient(own(parameters), pairs);
            expect(Math.abs(loss / plainLoss(shape, parameters, pairs) - 1)).toBeLessThan(tolerance);
            expect(relativeError(gradient, expected)).toBeLessThan(tolerance);
          });
        }),
        runs,
      );
    });

    it('gives the loss of repeated prefixes as often as they occur', async () => {
      const shape = { items: 5, embedding: 3, hidden: 4 };
      const pairs = pairSet([
        { prefix: [1, 2], label: 3 },
        { prefix: [1, 2], label: 3 },
        { prefix: [1, 2], label: 0 },
        { prefix: [4], label: 4 },
      ]);
      const parameters = randomParameters(shape, 3);
      const expected = await finiteDifferences((at) => plainLoss(shape, at, pairs), parameters);
      await withEngine(shape, async (engine, own) => {
        const { gradient } = await engine.lossGradient(own(parameters), pairs);
        expect(relativeError(gradient, expected)).toBeLessThan(tolerance);
      });
    });

    for (const lambdaResidual of [0, 0.1, 1]) {
      it(`gives the second-order meta-gradient of finite differences at lambda ${lambdaResidual}`, async () => {
        await fc.assert(
          fc.asyncProperty(shapeAnd(arbitraryTask), fc.integer(), async ([shape, task], seed) => {
            const hyper = { innerRates: 0.3, innerSteps: 3, lambdaResidual, secondOrder: true };
            const parameters = randomParameters(shape, seed);
            const metaLoss = (at: Float64Array) => plainMetaLoss(shape, at, task, hyper);
            const expected = await finiteDifferences(metaLoss, parameters);
            await withEngine(shape, async (engine, own) => {
              const { loss, gradient } = await engine.metaGradient(own(parameters), [task], hyper);
              expect(Math.abs(loss / (await metaLoss(parameters)) - 1)).toBeLessThan(tolerance);
              expect(relativeError(gradient, expected)).toBeLessThan(tolerance);
            });
          }),
          { ...runs, numRuns: 5 },
        );
      });
    }

    it('gives the first-order meta-gradient: that of the query loss where the inner loop ends', async () => {
      await fc.assert(
        fc.asyncProperty(shapeAnd(arbitraryTask), fc.integer(), async ([shape, task], seed) => {
          const hyper = { innerRates: 0.3, innerSteps: 4, lambdaResidual: 0.1, secondOrder: false };
          const parameters = randomParameters(shape, seed);
          const adapted =
            (await plainTrajectory(shape, parameters, task.support, hyper)).at(-1) ?? parameters;
          const after = await finiteDifferences((at) => plainLoss(shape, at, task.query), adapted);
          const before = await finiteDifferences((at) => plainLoss(shape, at, task.query), parameters);
          const expected = after.map((value, i) => 0.9 * value + 0.1 * (before[i] ?? Number.NaN));
          await withEngine(shape, async (engine, own) => {
            const { gradient } = await engine.metaGradient(own(parameters), [task], hyper);
            expect(relativeError(gradient, expected)).toBeLessThan(tolerance);
          });
        }),
        runs,
      );
    });

    it('gives the mean over tasks, and the loss of each', async () => {
      const shape = { items: 7, embedding: 3, hidden: 5 };
      const tasks = fc.sample(arbitraryTask(shape.items), { numRuns: 5, seed: 4 });
      const hyper = { innerRates: 0.2, innerSteps: 2, lambdaResidual: 0.1, secondOrder: true };
      const parameters = randomParameters(shape, 5);
      await withEngine(shape, async (engine, own) => {
        const together = await engine.metaGradient(own(parameters), tasks, hyper);
        const alone = await Promise.all(
          tasks.map(async (task) => await engine.metaGradient(own(parameters), [task], hyper)),
        );
        const mean = new Float64Array(parameters.length).map(
          (_, i) => alone.reduce((sum, { gradient }) => sum + (gradient[i] ?? Number.NaN), 0) / tasks.length,
        );
        const losses = Float64Array.from(alone, ({ loss }) => loss);
        expect(relativeError(together.gradient, mean)).toBeLessThan(tolerance);
        expect(relativeError(together.lossPerTask, losses)).toBeLessThan(tolerance);
        const meanLoss = losses.reduce((sum, loss) => sum + loss, 0) / tasks.length;
        expect(Math.abs(together.loss / meanLoss - 1)).toBeLessThan(tolerance);
      });
    });

    it('gives the meta-gradient and the gradient by the rates for one rate per parameter', async () => {
      const shape = { items: 6, embedding: 3, hidden: 4 };
      const count = parameterCount(shape);
      const [task] = fc.sample(arbitraryTask(shape.items), { numRuns: 1, seed: 6 });
      if (task === undefined) throw new Error('no task was drawn');
      const parameters = randomParameters(shape, 7);
      const innerRates = randomVector(count, 8, 0.4).map(Math.abs);
      const hyper = { innerRates, innerSteps: 3, lambdaResidual: 0.1, secondOrder: true, learnRates: true };
      const expected = await finiteDifferences((at) => plainMetaLoss(shape, at, task, hyper), parameters);
      const expectedByRates = await finiteDifferences(
        (rates) => plainMetaLoss(shape, parameters, task, { ...hyper, innerRates: rates }),
        innerRates,
      );
      await withEngine(shape, async (engine, own) => {
        const ownHyper = { ...hyper, innerRates: own(innerRates) };
        const found = await engine.metaGradient(own(parameters), [task], ownHyper);
        expect(relativeError(found.gradient, expected)).toBeLessThan(tolerance);
        if (found.rateGradient === undefined) throw new Error('asked for a rate gradient, and got none');
        expect(relativeError(found.rateGradient, expectedByRates)).toBeLessThan(tolerance);
        const unasked = await engine.metaGradient(own(parameters), [task], {
          ...ownHyper,
          learnRates: false,
        });
        expect(unasked.rateGradient).toBeUndefined();
      });
    });

    for (const secondOrder of [true, false]) {
      it(`gives the meta-gradient of losses after every step, and of a rate for each step and tensor, second order ${secondOrder}`, async () => {
        const shape = { items: 6, embedding: 3, hidden: 4 };
        const tensors = parameterLayout(shape);
        const [task] = fc.sample(arbitraryTask(shape.items), { numRuns: 1, seed: 31 });
        if (task === undefined) throw new Error('no task was drawn');
        const parameters = randomParameters(shape, 32);
        // Fewer rows than steps: the last step has the rates of the one before.
        const rates = randomVector(2 * tensors.length, 33, 0.5).map(Math.abs);
        const hyper = {
          innerRates: { steps: 2, rates },
          innerSteps: 3,
          stepWeights: [0.2, 0.3, 0.5],
          lambdaResidual: 0.1,
          secondOrder,
          learnRates: true,
        };
        const expected = secondOrder
          ? await finiteDifferences((at) => plainMetaLoss(shape, at, task, hyper), parameters)
          : await sumOfQueryGradients(shape, parameters, task, hyper);
        await withEngine(shape, async (engine, own) => {
          const found = await engine.metaGradient(own(parameters), [task], hyper);
          expect(
            Math.abs(found.loss / (await plainMetaLoss(shape, parameters, task, hyper)) - 1),
          ).toBeLessThan(tolerance);
          expect(relativeError(found.gradient, expected)).toBeLessThan(tolerance);
          if (found.rateGradient === undefined) throw new Error('asked for a rate gradient, and got none');
          expect(found.rateGradient).toHaveLength(rates.length);
          const alone = await engine.metaGradient(own(parameters), [task], { ...hyper, innerRates: 0.3 });
          expect(alone.rateGradient).toHaveLength(parameters.length);
          if (!secondOrder) return;
          const byRates = await finiteDifferences(
            (at) => plainMetaLoss(shape, parameters, task, { ...hyper, innerRates: { steps: 2, rates: at } }),
            rates,
          );
          expect(relativeError(found.rateGradient, byRates)).toBeLessThan(tolerance);
          const byEach = await finiteDifferences(
            (at) => plainMetaLoss(shape, parameters, task, { ...hyper, innerRates: at }),
            new Float64Array(parameters.length).fill(0.3),
          );
          expect(relativeError(alone.rateGradient ?? new Float64Array(), byEach)).toBeLessThan(tolerance);
        });
      });
    }

    it('adapts at a rate for each step and tensor, further steps at those of the last', async () => {
      const shape = { items: 6, embedding: 3, hidden: 4 };
      const [task] = fc.sample(arbitraryTask(shape.items), { numRuns: 1, seed: 34 });
      if (task === undefined) throw new Error('no task was drawn');
      const parameters = randomParameters(shape, 35);
      const innerRates = { steps: 2, rates: randomVector(14, 36, 0.8).map(Math.abs) };
      const trajectory = await plainTrajectory(shape, parameters, task.support, {
        innerRates,
        innerSteps: 4,
      });
      const adapted = trajectory.at(-1) ?? parameters;
      await withEngine(shape, async (engine, own) => {
        const { ranks, drift } = await engine.adaptAndRank(own(parameters), [task], {
          innerRates,
          steps: [1, 4],
        });
        expect([...(ranks[1]?.[0] ?? [])]).toEqual([...plainRanks(shape, adapted, task.query)]);
        for (const [index, { offset, size }] of parameterLayout(shape).entries()) {
          const change = adapted
            .subarray(offset, offset + size)
            .map((value, i) => value - (parameters[offset + i] ?? Number.NaN));
          expect(drift[1]?.[0]?.[index]?.normOfChange).toBeCloseTo(norm(change), 5);
        }
      });
    });

    it.each([
      ['the output layer alone (ANIL)', { adapt: 'head', paddingIndex: null }],
      ['all but the embedding of item 0', { adapt: 'all', paddingIndex: 0 }],
    ] as const)(
      'gives the meta-gradient of finite differences where the inner loop moves %s',
      async (_, scope) => {
        const shape = { items: 6, embedding: 3, hidden: 4 };
        // Item 0 occurs on both sides, so that its row has a gradient.
        const task = {
          support: pairSet([
            { prefix: [0, 2], label: 3 },
            { prefix: [1, 0], label: 5 },
          ]),
          query: pairSet([
            { prefix: [1, 0, 4], label: 2 },
            { prefix: [0], label: 4 },
          ]),
        };
        const parameters = randomParameters(shape, 15);
        const innerRates = Float64Array.from(
          scopeFactors(gru.layout(shape), scope) ?? [],
          (factor) => 0.4 * factor,
        );
        const hyper = { innerRates, innerSteps: 3, lambdaResidual: 0.1, secondOrder: true };
        const expected = await finiteDifferences((at) => plainMetaLoss(shape, at, task, hyper), parameters);
        const unscoped = await finiteDifferences(
          (at) => plainMetaLoss(shape, at, task, { ...hyper, innerRates: 0.4 }),
          parameters,
        );
        // Else this could not tell a scope from none.
        expect(relativeError(unscoped, expected)).toBeGreaterThan(0.01);
        await withEngine(shape, async (engine, own) => {
          const ownHyper = { ...hyper, innerRates: own(innerRates) };
          const { gradient } = await engine.metaGradient(own(parameters), [task], ownHyper);
          expect(relativeError(gradient, expected)).toBeLessThan(tolerance);
        });
      },
    );

    it('gives the first-order gradient by the rates: that of the adapted query loss along each inner gradient', async () => {
      const shape = { items: 6, embedding: 3, hidden: 4 };
      const [task] = fc.sample(arbitraryTask(shape.items), { numRuns: 1, seed: 16 });
      if (task === undefined) throw new Error('no task was drawn');
      const parameters = randomParameters(shape, 17);
      const innerRates = randomVector(parameters.length, 18, 0.4).map(Math.abs);
      const hyper = { innerRates, innerSteps: 3, lambdaResidual: 0.1, secondOrder: false, learnRates: true };
      const trajectory = await plainTrajectory(shape, parameters, task.support, hyper);
      const after = await finiteDifferences(
        (at) => plainLoss(shape, at, task.query),
        trajectory.at(-1) ?? parameters,
      );
      const expected = new Float64Array(parameters.length);
      for (const at of trajectory.slice(0, -1)) {
        const inner = await finiteDifferences((point) => plainLoss(shape, point, task.support), at);
        for (const [i, slope] of inner.entries()) {
          expected[i] = (expected[i] ?? Number.NaN) - 0.9 * (after[i] ?? Number.NaN) * slope;
        }
      }
      await withEngine(shape, async (engine, own) => {
        const ownHyper = { ...hyper, innerRates: own(innerRates) };
        const { rateGradient } = await engine.metaGradient(own(parameters), [task], ownHyper);
        if (rateGradient === undefined) throw new Error('asked for a rate gradient, and got none');
        expect(relativeError(rateGradient, expected)).toBeLessThan(tolerance);
      });
    });

    it('leaves frozen parameters where they are, and says how far each tensor moved', async () => {
      const shape = { items: 6, embedding: 3, hidden: 4 };
      const task = {
        support: pairSet([{ prefix: [1, 2], label: 3 }]),
        query: pairSet([{ prefix: [1], label: 2 }]),
      };
      const parameters = randomParameters(shape, 9);
      // Only the output layer learns.
      const layout = parameterLayout(shape);
      const head = layout.find(({ name }) => name === 'fc.weight')?.offset ?? Number.NaN;
      const innerRates = new Float64Array(parameters.length).fill(0.5, head);
      const [, adapted = parameters] = await plainTrajectory(shape, parameters, task.support, {
        innerRates,
        innerSteps: 1,
      });
      await withEngine(shape, async (engine, own) => {
        const { drift } = await engine.adaptAndRank(own(parameters), [task], {
          innerRates: own(innerRates),
          steps: [0, 1],
        });
        const [atStart, atEnd] = [drift[0]?.[0] ?? [], drift[1]?.[0] ?? []];
        expect(atStart.map(({ tensor }) => tensor)).toEqual(layout.map(({ name }) => name));
        for (const { normOfChange } of atStart) expect(normOfChange).toBe(0);
        for (const [index, { name, offset, size }] of layout.entries()) {
          const part = (vector: Float64Array) => vector.subarray(offset, offset + size);
          const change = part(adapted).map((value, i) => value - (part(parameters)[i] ?? Number.NaN));
          const found = atEnd[index];
          expect(found?.tensor).toBe(name);
          expect(found?.normBefore).toBeCloseTo(norm(part(parameters)), 5);
          expect(found?.normAfter).toBeCloseTo(norm(part(adapted)), 5);
          expect(found?.normOfChange).toBeCloseTo(norm(change), 5);
          if (offset < head) expect(found?.normOfChange).toBe(0);
          else expect(found?.normOfChange).toBeGreaterThan(0);
        }
      });
    });

    it('ranks as sorting the scores of the plain model does, at every step count of one trajectory', async () => {
      await fc.assert(
        fc.asyncProperty(shapeAnd(arbitraryTask), fc.integer(), async ([shape, task], seed) => {
          const parameters = randomParameters(shape, seed);
          const steps = [0, 1, 3];
          const trajectory = await plainTrajectory(shape, parameters, task.support, {
            innerRates: 0.2,
            innerSteps: 3,
          });
          const expected = steps.map((step) => [
            plainRanks(shape, trajectory[step] ?? parameters, task.query),
          ]);
          await withEngine(shape, async (engine, own) => {
            const { ranks } = await engine.adaptAndRank(own(parameters), [task], { innerRates: 0.2, steps });
            expect(ranks.map((tasks) => tasks.map((pairs) => [...pairs]))).toEqual(expected);
          });
        }),
        runs,
      );
    });

    if (engines[subject.name]?.listsItems === true) {
      it('lists the items of the first ranks, of tasks side by side, all where there are fewer', async () => {
        const shape = { items: 9, embedding: 3, hidden: 4 };
        const tasks = fc.sample(arbitraryTask(shape.items), { numRuns: 4, seed: 11 });
        const steps = [0, 2];
        for (const [listed, seed] of [
          [1, 12],
          [4, 13],
          [20, 14],
        ] as const) {
          const parameters = randomParameters(shape, seed);
          const expected = await Promise.all(
            steps.map(
              async (step) =>
                await Promise.all(
                  tasks.map(async ({ support, query }) => {
                    const way = await plainTrajectory(shape, parameters, support, {
                      innerRates: 0.2,
                      innerSteps: 2,
                    });
                    const orders = plainOrders(shape, way[step] ?? parameters, query);
                    return orders.flatMap((order) => order.slice(0, listed));
                  }),
                ),
            ),
          );
          await withEngine(shape, async (engine, own) => {
            const hyper = { innerRates: 0.2, steps };
            const { ranks, lists } = await engine.adaptAndRank(own(parameters), tasks, { ...hyper, listed });
            expect(lists?.map((one) => one.map((items) => [...items]))).toEqual(expected);
            const without = await engine.adaptAndRank(own(parameters), tasks, hyper);
            expect([without.ranks, without.lists]).toEqual([ranks, undefined]);
          });
        }
      });
    }

    it('puts the lower id first among equal scores', async () => {
      const shape = { items: 5, embedding: 2, hidden: 3 };
      // All scores are the output bias: 0 but for item 3.
      const parameters = new Float64Array(parameterCount(shape));
      parameters[parameters.length - 2] = 1;
      const query = pairSet([0, 1, 2, 3, 4].map((label) => ({ prefix: [1], label })));
      await withEngine(shape, async (engine, own) => {
        const task = { support: query, query };
        const { ranks } = await engine.adaptAndRank(own(parameters), [task], { innerRates: 0.1, steps: [0] });
        expect([...(ranks[0]?.[0] ?? [])]).toEqual([2, 3, 4, 1, 5]);
        if (engines[subject.name]?.listsItems !== true) return;
        const hyper = { innerRates: 0.1, steps: [0], listed: 3 };
        const { lists } = await engine.adaptAndRank(own(parameters), [task], hyper);
        expect([...(lists?.[0]?.[0] ?? [])].slice(0, 6)).toEqual([3, 0, 1, 3, 0, 1]);
      });
    });

    it('gives rank 0 and a loss that is no number where the model has diverged', async () => {
      const shape = { items: 5, embedding: 2, hidden: 3 };
      const parameters = new Float64Array(parameterCount(shape)).fill(Number.NaN);
      const pairs = pairSet([{ prefix: [1, 2], label: 3 }]);
      const task: Task = { support: pairs, query: pairs };
      await withEngine(shape, async (engine, own) => {
        const hyper = { innerRates: 0.1, innerSteps: 1, lambdaResidual: 0.1, secondOrder: true };
        const { lossPerTask } = await engine.metaGradient(own(parameters), [task], hyper);
        expect([...lossPerTask]).toEqual([Number.NaN]);
        const { ranks } = await engine.adaptAndRank(own(parameters), [task], { innerRates: 0.1, steps: [0] });
        expect([...(ranks[0]?.[0] ?? [])]).toEqual([0]);
      });
    });

    it('gives the loss and the gradient where gates and scores are far beyond what an exponential holds', async () => {
      const shape = { items: 6, embedding: 3, hidden: 4 };
      const pairs = pairSet([
        { prefix: [1, 2, 0], label: 3 },
        { prefix: [4], label: 5 },
        { prefix: [4, 3], label: 1 },
      ]);
      // Sums of some hundreds: of either sign, and of some gates and items in either's range.
      const parameters = randomVector(parameterCount(shape), 21, 30);
      const reference = await createReference({ shape, threads: 1 });
      const expected = await reference.lossGradient(parameters, pairs);
      expect(expected.loss).toBeGreaterThan(20);
      await withEngine(shape, async (engine, own) => {
        const { loss, gradient } = await engine.lossGradient(own(parameters), pairs);
        expect(Math.abs(loss / expected.loss - 1)).toBeLessThan(tolerance);
        expect(relativeError(gradient, expected.gradient)).toBeLessThan(tolerance);
      });
    });

    it('does not change what it is given, and gives the same bits again', async () => {
      const shape = { items: 8, embedding: 5, hidden: 6 };
      const tasks = fc.sample(arbitraryTask(shape.items), { numRuns: 3, seed: 10 });
      const hyper = { innerRates: 0.2, innerSteps: 2, lambdaResidual: 0.1, secondOrder: true };
      await withEngine(shape, async (engine, own) => {
        const parameters = own(randomParameters(shape, 11));
        const copy = parameters.slice();
        const first = await engine.metaGradient(parameters, tasks, hyper);
        const second = await engine.metaGradient(parameters, tasks, hyper);
        expect(parameters).toEqual(copy);
        expect(second).toEqual(first);
      });
    });
  });
}

function shapeAnd<Value>(
  draw: (items: number) => fc.Arbitrary<Value>,
): fc.Arbitrary<readonly [GruShape, Value]> {
  return arbitraryShape.chain((shape) => draw(shape.items).map((value) => [shape, value] as const));
}

/** theta_0 … theta_n of the inner loop. */
async function plainTrajectory(
  shape: GruShape,
  start: Float64Array,
  support: PairSet,
  hyper: Pick<MetaHyper, 'innerRates' | 'innerSteps'>,
): Promise<Float64Array[]> {
  const reference = await createReference({ shape, threads: 1 });
  const trajectory = [start];
  const { innerRates } = hyper;
  let at = start;
  for (let step = 0; step < hyper.innerSteps; step++) {
    const { gradient } = await reference.lossGradient(at, support);
    const each = isLayerRates(innerRates)
      ? ratesOfStep(parameterLayout(shape), innerRates, step)
      : innerRates;
    const rate = (i: number) => (typeof each === 'number' ? each : (each[i] ?? Number.NaN));
    at = at.map((value, i) => value - rate(i) * (gradient[i] ?? Number.NaN));
    trajectory.push(at);
  }
  return trajectory;
}

async function plainMetaLoss(
  shape: GruShape,
  start: Float64Array,
  task: Task,
  hyper: MetaHyper,
): Promise<number> {
  const [, ...points] = await plainTrajectory(shape, start, task.support, hyper);
  const { lambdaResidual } = hyper;
  let adapted = 0;
  for (const [step, at] of points.entries()) {
    adapted += countOf(hyper, step) * plainLoss(shape, at, task.query);
  }
  return (1 - lambdaResidual) * adapted + lambdaResidual * plainLoss(shape, start, task.query);
}

/** What the loss after inner step `step`, from 0, counts. */
function countOf({ stepWeights, innerSteps }: MetaHyper, step: number): number {
  return stepWeights?.[step] ?? (step === innerSteps - 1 ? 1 : 0);
}

/** The first-order meta-gradient: the gradients of the query loss where each counts. */
async function sumOfQueryGradients(
  shape: GruShape,
  start: Float64Array,
  task: Task,
  hyper: MetaHyper,
): Promise<Float64Array> {
  const [, ...points] = await plainTrajectory(shape, start, task.support, hyper);
  const sum = new Float64Array(start.length);
  const weighted = [
    { at: start, weight: hyper.lambdaResidual },
    ...points.map((at, step) => ({ at, weight: (1 - hyper.lambdaResidual) * countOf(hyper, step) })),
  ];
  for (const { at, weight } of weighted) {
    const slopes = await finiteDifferences((point) => plainLoss(shape, point, task.query), at);
    for (const [i, slope] of slopes.entries()) sum[i] = (sum[i] ?? Number.NaN) + weight * slope;
  }
  return sum;
}
