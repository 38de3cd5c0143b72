import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PairSet } from '../../src/data/pair-set.js';
import { createEngine } from '../../src/engines/reference/reference-engine.js';
import { adam } from '../../src/learning/adam.js';
import { metaIteration } from '../../src/learning/meta-train.js';
import { reptileIteration } from '../../src/learning/reptile.js';
import { cosineRate, withScheduledRate } from '../../src/learning/scheduled-rate.js';
import { annealedStepWeights } from '../../src/learning/step-weights.js';
import { gru } from '../../src/model/gru/gru.js';
import { initialParameters } from '../../src/model/gru/initial-parameters.js';
import { parameterLayout } from '../../src/model/gru/parameter-layout.js';
import { uniformLayerRates } from '../../src/model/inner-rates.js';
import { readModel, writeModel } from '../../src/model/model-file.js';
import { arbitraryTask } from '../engines/arbitrary-tasks.js';
import { relativeError } from '../engines/numeric.js';

const script = fileURLToPath(new URL('../../bench/pytorch/maml.py', import.meta.url));
const variants = fileURLToPath(new URL('./meta_training.py', import.meta.url));
const python = '/usr/bin/python3';
const probe = spawnSync(python, ['-c', 'import torch'], { encoding: 'utf8' });
const absent = probe.status === 0 ? undefined : `${python} has no torch: ${probe.stderr || probe.error}`;
if (absent !== undefined) console.warn(`skipping the comparison with PyTorch: ${absent}`);

const shape = { items: 17, embedding: 6, hidden: 8 };

describe.skipIf(absent !== undefined)('meta-training against PyTorch in float64', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'kshot-pytorch-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each([
    { second_order: true, lambda_residual: 0 },
    { second_order: true, lambda_residual: 0.1 },
    { second_order: false, lambda_residual: 0 },
    { second_order: false, lambda_residual: 0.1 },
  ])('gives the losses and weights of ten iterations to 1e-8: %o', async (settings) => {
    const drawn = fc.sample(arbitraryTask(shape.items), { numRuns: 40, seed: 20260107 });
    const iterations = Array.from({ length: 10 }, (_, i) => drawn.slice(4 * i, 4 * i + 4));
    const initial = initialParameters(shape, 1);
    // Rates high enough to move far in ten iterations, and a limit that clips some gradients and not others.
    const training = { inner_lr: 0.4, outer_lr: 0.02, inner_steps: 5, clip_norm: 0.42, ...settings };

    const files = { initial: join(folder, 'initial.safetensors'), final: join(folder, 'final.safetensors') };
    writeFileSync(files.initial, writeModel({ layout: gru.layout(shape), parameters: initial }));
    const experiment = join(folder, 'experiment.json');
    const tasks = iterations.map((list) =>
      list.map(({ support, query }) => ({ support: pairsOf(support), query: pairsOf(query) })),
    );
    writeFileSync(experiment, JSON.stringify({ ...training, ...files, iterations: tasks }));
    const peer = spawnSync(python, [script, experiment], { encoding: 'utf8' });
    expect(peer.stderr).toBe('');
    const theirs = JSON.parse(peer.stdout) as { losses: number[]; gradient_norms: number[] };

    const engine = await createEngine({ shape, threads: 1 });
    const optimizer = adam(training.outer_lr);
    let state = optimizer.init(initial);
    const losses: number[] = [];
    const norms: number[] = [];
    for (const list of iterations) {
      const iteration = await metaIteration(
        engine,
        state,
        list.map((task) => ({ userId: 'one', task })),
        {
          hyper: {
            innerRates: training.inner_lr,
            innerSteps: training.inner_steps,
            lambdaResidual: training.lambda_residual,
            secondOrder: training.second_order,
          },
          optimizer,
          clipNorm: training.clip_norm,
        },
      );
      state = iteration.state;
      losses.push(iteration.loss);
      norms.push(iteration.gradientNorm);
    }

    expect(norms.some((norm) => norm > training.clip_norm)).toBe(true);
    expect(norms.some((norm) => norm < training.clip_norm)).toBe(true);
    expect(relativeError(Float64Array.from(losses), Float64Array.from(theirs.losses))).toBeLessThan(1e-8);
    expect(relativeError(Float64Array.from(norms), Float64Array.from(theirs.gradient_norms))).toBeLessThan(
      1e-8,
    );
    const final = readModel(readFileSync(files.final), 'final.safetensors');
    expect(final.layout.shape).toEqual(shape);
    for (const { offset, size } of parameterLayout(shape)) {
      const part = (vector: Float64Array) => vector.subarray(offset, offset + size);
      const [ours, expected] = [
        part(state.parameters as Float64Array),
        part(final.parameters as Float64Array),
      ];
      expect(relativeError(ours, expected)).toBeLessThan(1e-8);
      // Training did move this tensor.
      expect(relativeError(ours, part(initial))).toBeGreaterThan(1e-3);
    }
  });

  it.each([
    { algorithm: 'maml', step_loss_iterations: 6, per_layer: false },
    { algorithm: 'maml', step_loss_iterations: 0, per_layer: true },
    { algorithm: 'maml', step_loss_iterations: 20, per_layer: true },
    { algorithm: 'maml', step_loss_iterations: 0, per_layer: true, cosine: { steps: 7, lowest: 0.002 } },
    { algorithm: 'reptile', step_loss_iterations: 0, per_layer: false },
    { algorithm: 'reptile', step_loss_iterations: 0, per_layer: false, cosine: { steps: 10, lowest: 0 } },
  ])('gives the losses, weights and rates of ten iterations to 1e-8: %o', async (settings) => {
    const drawn = fc.sample(arbitraryTask(shape.items), { numRuns: 40, seed: 20260107 });
    const iterations = Array.from({ length: 10 }, (_, i) => drawn.slice(4 * i, 4 * i + 4));
    const initial = initialParameters(shape, 1);
    const training = {
      inner_lr: 0.4,
      outer_lr: 0.02,
      inner_steps: 4,
      clip_norm: 0.42,
      lambda_residual: 0.1,
      ...settings,
    };
    const files = { initial: join(folder, 'initial.safetensors'), final: join(folder, 'final.safetensors') };
    writeFileSync(files.initial, writeModel({ layout: gru.layout(shape), parameters: initial }));
    const experiment = join(folder, 'experiment.json');
    const tasks = iterations.map((list) =>
      list.map(({ support, query }) => ({ support: pairsOf(support), query: pairsOf(query) })),
    );
    writeFileSync(experiment, JSON.stringify({ ...training, ...files, iterations: tasks }));
    const peer = spawnSync(python, [variants, experiment], {
      encoding: 'utf8',
      env: { ...process.env, PYTHONPATH: dirname(script), PYTHONDONTWRITEBYTECODE: '1' },
    });
    expect(peer.stderr).toBe('');
    const theirs = JSON.parse(peer.stdout) as {
      losses: number[];
      gradient_norms: number[];
      rates: number[];
      outer_rates: number[];
    };

    const engine = await createEngine({ shape, threads: 1 });
    const layered = uniformLayerRates(gru.layout(shape), {
      adapt: 'all',
      steps: training.inner_steps,
      innerRate: training.inner_lr,
    });
    const learned = settings.per_layer ? layered.rates : [];
    const rateOf = cosineRate({ rate: training.outer_lr, ...(settings.cosine ?? { steps: 1, lowest: 0 }) });
    const optimizer =
      settings.cosine === undefined ? adam(training.outer_lr) : withScheduledRate(adam, rateOf);
    const outer = { optimizer, clipNorm: training.clip_norm };
    const maml = {
      ...outer,
      hyper: {
        innerRates: settings.per_layer ? layered : training.inner_lr,
        innerSteps: training.inner_steps,
        lambdaResidual: training.lambda_residual,
        secondOrder: true,
        learnRates: settings.per_layer,
      },
      stepWeightsOf: annealedStepWeights(training.inner_steps, settings.step_loss_iterations),
    };
    const reptile = {
      ...outer,
      hyper: { innerRates: training.inner_lr, innerSteps: training.inner_steps },
    };
    let state = outer.optimizer.init(Float64Array.from([...initial, ...learned]));
    const losses: number[] = [];
    const norms: number[] = [];
    for (const list of iterations) {
      const given = list.map((task) => ({ userId: 'one', task }));
      const iteration =
        settings.algorithm === 'reptile'
          ? await reptileIteration(engine, state, given, reptile)
          : await metaIteration(engine, state, given, maml);
      state = iteration.state;
      losses.push(iteration.loss);
      norms.push(iteration.gradientNorm);
    }
    const close = (ours: ArrayLike<number>, expected: ArrayLike<number>) =>
      expect(relativeError(Float64Array.from(ours), Float64Array.from(expected))).toBeLessThan(1e-8);
    close(losses, theirs.losses);
    close(norms, theirs.gradient_norms);
    if (settings.cosine !== undefined) {
      // After the last of its steps PyTorch's schedule would rise again; ours stays, and the script holds it.
      close(
        iterations.map((_, step) => rateOf(step)),
        theirs.outer_rates,
      );
    }
    const final = readModel(readFileSync(files.final), 'final.safetensors').parameters;
    close(state.parameters.slice(0, initial.length), final);
    expect(relativeError(Float64Array.from(final), initial)).toBeGreaterThan(1e-3);
    if (!settings.per_layer) return;
    close(state.parameters.slice(initial.length), theirs.rates);
    expect(relativeError(Float64Array.from(theirs.rates), Float64Array.from(layered.rates))).toBeGreaterThan(
      1e-3,
    );
  });
});

function pairsOf(pairs: PairSet): [number[], number][] {
  return Array.from(pairs.labels, (label, pair) => [
    [...pairs.items.subarray(pairs.offsets[pair], pairs.offsets[pair + 1])],
    label,
  ]);
}
