import fc from 'fast-check';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { EngineOptions } from '../../../src/engines/engine.js';
import { createEngine as createReference } from '../../../src/engines/reference/reference-engine.js';
import { createTorchEngine } from '../../../src/engines/torch/torch-engine.js';
import { torchPython } from '../../support/torch-python.js';
import {
  arbitraryHyper,
  arbitraryShape,
  arbitraryTask,
  pairSet,
  randomParameters,
  randomVector,
} from '../arbitrary-tasks.js';
import { describeEngine } from '../conformance.js';
import { relativeError } from '../numeric.js';

const { skip, path } = torchPython();
beforeAll(() => {
  vi.stubEnv('PATH', path);
});

const inFloat32 = (options: EngineOptions) =>
  createTorchEngine({ ...options, allowSoftware: true }, 'float32');
const inFloat64 = (options: EngineOptions) =>
  createTorchEngine({ ...options, allowSoftware: true }, 'float64');

describe.skipIf(skip)('on the CPU', () => {
  describeEngine({ name: 'torch', createEngine: inFloat32, tolerance: 1e-5 });

  it('in float64, torch gives what the reference gives, to 1e-9, whatever the forests and the settings', async () => {
    const drawn = arbitraryShape.chain((shape) =>
      fc.tuple(
        fc.constant(shape),
        fc.array(arbitraryTask(shape.items), { minLength: 1, maxLength: 5 }),
        arbitraryHyper,
        fc.integer({ min: 0, max: 2 ** 31 }),
        fc.boolean(),
      ),
    );
    const close = (one: Iterable<number> | undefined, other: Iterable<number> | undefined) =>
      expect(
        relativeError(Float64Array.from(one ?? []), Float64Array.from(other ?? [Number.NaN])),
      ).toBeLessThan(1e-9);
    await fc.assert(
      fc.asyncProperty(drawn, async ([shape, tasks, settings, seed, learnRates]) => {
        const parameters = randomParameters(shape, seed);
        const rates = randomVector(parameters.length, seed + 1, 0.3).map(Math.abs);
        const hyper = learnRates ? { ...settings, innerRates: rates, learnRates } : settings;
        const [torch, reference] = [
          await inFloat64({ shape, threads: 1 }),
          await createReference({ shape, threads: 1 }),
        ];
        const [ours, theirs] = [
          await torch.metaGradient(parameters, tasks, hyper),
          await reference.metaGradient(parameters, tasks, hyper),
        ];
        close(ours.gradient, theirs.gradient);
        close(ours.lossPerTask, theirs.lossPerTask);
        if (learnRates && settings.innerSteps > 0) close(ours.rateGradient, theirs.rateGradient);
        const [pairs] = tasks.map(({ query }) => query);
        if (pairs === undefined) throw new Error('no task was drawn');
        const [own, other] = [
          await torch.lossGradient(parameters, pairs),
          await reference.lossGradient(parameters, pairs),
        ];
        close([own.loss, ...own.gradient], [other.loss, ...other.gradient]);
        const adapting = { innerRates: hyper.innerRates, steps: [0, 2] };
        const [found, expected] = [
          await torch.adaptAndRank(parameters, tasks, adapting),
          await reference.adaptAndRank(parameters, tasks, adapting),
        ];
        expect(found.ranks).toEqual(expected.ranks);
        const norms = ({ drift }: typeof found) =>
          drift
            .flat(2)
            .flatMap(({ normBefore, normAfter, normOfChange }) => [normBefore, normAfter, normOfChange]);
        close(norms(found), norms(expected));
        await torch.close();
      }),
      { numRuns: 15, seed: 20260107 },
    );
  });

  it('says what it computed on', async () => {
    const shape = { items: 5, embedding: 2, hidden: 3 };
    const engine = await inFloat32({ shape, threads: 1 });
    expect(engine.device).toMatch(/^the CPU, PyTorch \d+\.\d+\S*, Python 3\.\d+\.\d+ \(\/\S*python3\S*\)$/);
    await engine.close();
  });

  it('refuses parameters of another length', async () => {
    const shape = { items: 5, embedding: 2, hidden: 3 };
    const engine = await inFloat32({ shape, threads: 1 });
    const pairs = pairSet([{ prefix: [1, 2], label: 3 }]);
    await expect(engine.lossGradient(new Float32Array(7), pairs)).rejects.toThrow('parameters, found 7');
    await engine.close();
  });
});
