import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { PairSet, Task } from '../../../src/data/pair-set.js';
import type { Engine, MetaHyper } from '../../../src/engines/engine.js';
import { createEngine as createReference } from '../../../src/engines/reference/reference-engine.js';
import type { DeviceLimits } from '../../../src/engines/tfjs/device/device.js';
import type { Passes } from '../../../src/engines/tfjs/passes.js';
import { PlainPasses } from '../../../src/engines/tfjs/plain/plain-passes.js';
import { createEngine as createCpu } from '../../../src/engines/tfjs/tfjs-cpu-engine.js';
import { createTfjsEngine } from '../../../src/engines/tfjs/tfjs-engine.js';
import type { GruShape } from '../../../src/model/gru/gru-shape.js';
import { initialParameters } from '../../../src/model/gru/initial-parameters.js';
import { parameterCount } from '../../../src/model/gru/parameter-layout.js';
import {
  arbitraryHyper,
  arbitraryPairs,
  arbitraryShape,
  arbitraryTask,
  pairSet,
  randomParameters,
} from '../arbitrary-tasks.js';
import { relativeError, worstTensor } from '../numeric.js';
import { describeAgainstPyTorch } from '../pytorch.js';

const shape = { items: 9, embedding: 4, hidden: 5 };
const parameters = Float32Array.from(randomParameters(shape, 7));
const hyper: MetaHyper = { innerRates: 0.2, innerSteps: 3, lambdaResidual: 0.1, secondOrder: true };
const tasksOf = (count: number, { items }: GruShape = shape): readonly Task[] =>
  fc.sample(arbitraryTask(items), { numRuns: count, seed: 20260107 });
const roomy: DeviceLimits = { memoryBytes: 2 ** 30, bufferBytes: 2 ** 30 };

beforeAll(async () => {
  // Sets the backend up.
  await (await createCpu({ shape, threads: 1 })).close();
});

function engineOn(limits: DeviceLimits, passes: (own: GruShape) => Passes = plain): Engine {
  return createTfjsEngine({ name: 'cpu', limits, createPasses: passes }, { shape, threads: 1 });
}

function plain(own: GruShape): Passes {
  return new PlainPasses(own);
}

async function withEngine<Result>(
  engine: Engine,
  body: (engine: Engine) => Promise<Result>,
): Promise<Result> {
  try {
    return await body(engine);
  } finally {
    await engine.close();
  }
}

describe('the tfjs engine', () => {
  it('agrees with the reference to 1e-5 in every tensor, whatever the forests, the sizes and the settings', async () => {
    const drawn = arbitraryShape.chain((own) =>
      fc.tuple(
        fc.constant(own),
        fc.array(arbitraryTask(own.items), { minLength: 1, maxLength: 6 }),
        arbitraryHyper,
        fc.integer({ min: 0, max: 2 ** 31 }),
      ),
    );
    await fc.assert(
      fc.asyncProperty(drawn, async ([own, tasks, settings, seed]) => {
        const theta = Float32Array.from(initialParameters(own, seed));
        const reference = await createReference({ shape: own, threads: 1 });
        const innerRates = theta.map((_, i) => (i % 5 === 0 ? 0 : 0.02 + (i % 11) / 50));
        const learned = { ...settings, innerRates, learnRates: true };
        await withEngine(await createCpu({ shape: own, threads: 1 }), async (engine) => {
          for (const each of [settings, learned]) {
            const found = await engine.metaGradient(theta, tasks, each);
            const expected = await reference.metaGradient(theta, tasks, each);
            expect(relativeError(found.lossPerTask, expected.lossPerTask)).toBeLessThan(1e-6);
            expect(found.loss).toBeCloseTo(expected.loss, 5);
            expect(worstTensor(own, found.gradient, expected.gradient)).toBeLessThan(1e-5);
            if (found.rateGradient === undefined || expected.rateGradient === undefined) continue;
            expect(worstTensor(own, found.rateGradient, expected.rateGradient)).toBeLessThan(1e-5);
          }
        });
      }),
      { numRuns: 8, seed: 20260107 },
    );
  });

  it('agrees with the reference at the size of the experiment, on tasks at once', async () => {
    const own = { items: 343, embedding: 64, hidden: 128 };
    const tasks = tasksOf(6, own);
    const theta = Float32Array.from(initialParameters(own, 2));
    const settings = { ...hyper, innerRates: 0.05, innerSteps: 1 };
    const reference = await createReference({ shape: own, threads: 1 });
    await withEngine(await createCpu({ shape: own, threads: 1 }), async (engine) => {
      const found = await engine.metaGradient(theta, tasks, settings);
      const expected = await reference.metaGradient(theta, tasks, settings);
      expect(relativeError(found.lossPerTask, expected.lossPerTask)).toBeLessThan(1e-6);
      expect(worstTensor(own, found.gradient, expected.gradient)).toBeLessThan(1e-5);

      const [some, steps] = [tasks.slice(0, 3), [0, 2]];
      const ours = await engine.adaptAndRank(theta, some, { innerRates: 0.05, steps });
      const theirs = await reference.adaptAndRank(theta, some, { innerRates: 0.05, steps });
      expect(ours.ranks).toEqual(theirs.ranks);
      const norms = (all: typeof ours) =>
        Float64Array.from(
          all.drift.flat(2).flatMap((one) => [one.normBefore, one.normAfter, one.normOfChange]),
        );
      expect(relativeError(norms(ours), norms(theirs))).toBeLessThan(1e-6);
    });
  });

  it('gives each task of a batch, to the bit, what it gives the task alone: padding changes nothing', async () => {
    const tasks = tasksOf(7);
    await withEngine(engineOn(roomy), async (engine) => {
      const steps = [0, 1, 3];
      const together = await engine.metaGradient(parameters, tasks, hyper);
      const ranked = await engine.adaptAndRank(parameters, tasks, { innerRates: 0.2, steps });
      for (const [index, task] of tasks.entries()) {
        const alone = await engine.metaGradient(parameters, [task], hyper);
        expect(alone.loss).toBe(together.lossPerTask[index]);
        const rankedAlone = await engine.adaptAndRank(parameters, [task], { innerRates: 0.2, steps });
        expect(rankedAlone.ranks.map(([own]) => own)).toEqual(ranked.ranks.map((own) => own[index]));
        expect(rankedAlone.drift.map(([own]) => own)).toEqual(ranked.drift.map((own) => own[index]));
      }
    });
  });

  it('keeps a task that diverges to itself', async () => {
    const clean = {
      support: pairSet([{ prefix: [1, 2], label: 3 }]),
      query: pairSet([{ prefix: [2], label: 1 }]),
    };
    const spoilt = { support: pairSet([{ prefix: [8], label: 3 }]), query: clean.query };
    const poisoned = parameters.slice();
    poisoned.fill(Number.NaN, 8 * shape.embedding, 9 * shape.embedding);
    await withEngine(engineOn(roomy), async (engine) => {
      const alone = await engine.metaGradient(parameters, [clean], hyper);
      const { lossPerTask } = await engine.metaGradient(poisoned, [spoilt, clean], hyper);
      expect([...lossPerTask]).toEqual([Number.NaN, alone.loss]);
    });
  });

  it('computes in parts what does not fit on the device at once', async () => {
    const tasks = tasksOf(9);
    const pairs = pairSet(
      fc.sample(arbitraryPairs(shape.items), { numRuns: 9, seed: 4 }).flatMap((own) => listed(own)),
    );
    const innerRates = parameters.map((_, i) => 0.1 + (i % 7) / 100);
    const everything = async (engine: Engine) => ({
      meta: await engine.metaGradient(parameters, tasks, { ...hyper, innerRates, learnRates: true }),
      adapted: await engine.adaptAndRank(parameters, tasks, { innerRates: 0.2, steps: [0, 2] }),
      batch: await engine.lossGradient(parameters, pairs),
    });
    const whole = await withEngine(engineOn(roomy), everything);
    let readings = 0;
    const counted = (own: GruShape) =>
      watched(plain(own), (name) => {
        if (name === 'read') readings++;
      });
    for (const limits of [
      { ...roomy, memoryBytes: 100_000 },
      { ...roomy, bufferBytes: 2_000 },
      { memoryBytes: 1, bufferBytes: 1 },
    ]) {
      readings = 0;
      const parts = await withEngine(engineOn(limits, counted), everything);
      expect(readings).toBeGreaterThan(5);
      expect(parts.meta.lossPerTask).toEqual(whole.meta.lossPerTask);
      expect(relativeError(parts.meta.gradient, whole.meta.gradient)).toBeLessThan(1e-6);
      expect(
        relativeError(
          parts.meta.rateGradient ?? new Float32Array(),
          whole.meta.rateGradient ?? new Float32Array(1),
        ),
      ).toBeLessThan(1e-6);
      expect(parts.adapted).toEqual(whole.adapted);
      expect(Math.abs(parts.batch.loss / whole.batch.loss - 1)).toBeLessThan(1e-6);
      expect(relativeError(parts.batch.gradient, whole.batch.gradient)).toBeLessThan(1e-6);
    }
  });

  it('holds as many tensors after 60 iterations as after the first, and none once it is closed', async () => {
    const before = tf.memory().numTensors;
    const tasks = tasksOf(3);
    const innerRates = parameters.map(() => 0.1);
    await withEngine(engineOn(roomy), async (engine) => {
      const held: number[] = [];
      let theta = parameters;
      for (let iteration = 0; iteration < 60; iteration++) {
        const settings = { ...hyper, innerSteps: 1, innerRates, learnRates: iteration % 2 === 0 };
        const { gradient } = await engine.metaGradient(theta, tasks, settings);
        theta = theta.map((value, i) => value - 0.01 * (gradient[i] ?? Number.NaN));
        if (iteration % 10 === 0) await engine.adaptAndRank(theta, tasks, { innerRates: 0.1, steps: [0, 1] });
        if (iteration % 10 === 5) await engine.lossGradient(theta, tasks[0]?.query ?? pairSet([]));
        held.push(tf.memory().numTensors);
      }
      expect(new Set(held.slice(1))).toEqual(new Set([held[1]]));
    });
    expect(tf.memory().numTensors).toBe(before);
  });

  it('holds no tensor of a call that failed half way, wherever it did', async () => {
    const before = tf.memory().numTensors;
    const tasks = tasksOf(2);
    const call = (engine: Engine) =>
      engine.metaGradient(parameters, tasks, { ...hyper, innerSteps: 1, learnRates: true });
    let calls = 0;
    const counted = (own: GruShape) => watched(plain(own), () => calls++);
    await withEngine(engineOn(roomy, counted), call);
    expect(calls).toBeGreaterThan(10);
    // One call later each time; the first failure, of what sizes the batch, comes before anything is on the device.
    for (let failing = 0; failing < calls; failing++) {
      let left = failing;
      const passes = (own: GruShape) =>
        watched(plain(own), () => {
          if (left-- === 0) throw new Error('the device is gone');
        });
      await withEngine(engineOn(roomy, passes), async (engine) => {
        await expect(call(engine)).rejects.toThrow('the device is gone');
        await call(engine);
      });
      expect(tf.memory().numTensors).toBe(before);
    }
  });

  it('reads from the device once for each call, and uploads parameters that are those of the last call only once', async () => {
    const tasks = tasksOf(3);
    const backend = tf.engine().backend;
    const [reads, writes] = [vi.spyOn(backend, 'read'), vi.spyOn(backend, 'write')];
    const embeddings = () =>
      writes.mock.calls.filter(([, of]) => of.join() === `${shape.items},${shape.embedding}`).length;
    try {
      await withEngine(engineOn(roomy), async (engine) => {
        const same = async () => [
          await engine.metaGradient(parameters, tasks, hyper),
          await engine.adaptAndRank(parameters, tasks, { innerRates: 0.1, steps: [0, 1, 2] }),
        ];
        await same();
        expect(reads).toHaveBeenCalledTimes(2);
        expect(embeddings()).toBe(1);
        await same();
        expect(reads).toHaveBeenCalledTimes(4);
        expect(embeddings()).toBe(1);
        await engine.metaGradient(
          parameters.map((value) => value / 2),
          tasks,
          hyper,
        );
        expect(embeddings()).toBe(2);
      });
    } finally {
      reads.mockRestore();
      writes.mockRestore();
    }
  });

  it('refuses parameters of another length', async () => {
    const tooMany = new Float32Array(parameterCount(shape) + 1);
    await withEngine(engineOn(roomy), async (engine) => {
      await expect(engine.metaGradient(tooMany, tasksOf(1), hyper)).rejects.toThrow('parameters, found');
    });
  });
});

describeAgainstPyTorch('tfjs:cpu', createCpu, [true]);

/** `passes`, with a look at each call before it is made. */
function watched(passes: Passes, look: (name: string) => void): Passes {
  return new Proxy(passes, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      return (...values: unknown[]) => {
        if (name !== 'close') look(String(name));
        return value.apply(target, values);
      };
    },
  });
}

function listed(pairs: PairSet): { prefix: number[]; label: number }[] {
  return Array.from(pairs.labels, (label, pair) => ({
    prefix: [...pairs.items.subarray(pairs.offsets[pair], pairs.offsets[pair + 1])],
    label,
  }));
}
