import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PairSet } from '../../src/data/pair-set.js';
import { createEngine } from '../../src/engines/reference/reference-engine.js';
import { adam } from '../../src/learning/adam.js';
import { metaIteration } from '../../src/learning/meta-train.js';
import { gru } from '../../src/model/gru/gru.js';
import { initialParameters } from '../../src/model/gru/initial-parameters.js';
import { readModel, writeModel } from '../../src/model/model-file.js';
import { arbitraryTask } from '../engines/arbitrary-tasks.js';
import { relativeError } from '../engines/numeric.js';

const script = fileURLToPath(new URL('../../bench/pytorch/time_forms.py', import.meta.url));
const python = '/usr/bin/python3';
const probe = spawnSync(python, ['-c', 'import torch, numpy'], { encoding: 'utf8' });
const absent =
  probe.status === 0 ? undefined : `${python} has no torch and numpy: ${probe.stderr || probe.error}`;
if (absent !== undefined) console.warn(`skipping the forms that PyTorch is timed in: ${absent}`);

const shape = { items: 17, embedding: 6, hidden: 8 };
// More tasks than the batched form takes at once on a CPU, none of which has the same number of pairs for sure.
const tasks = fc.sample(arbitraryTask(shape.items), { numRuns: 70, seed: 7 });

describe.skipIf(absent !== undefined)('the forms that PyTorch is timed in', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'kshot-forms-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each([
    { form: 'batched', count: 70, second_order: true, lambda_residual: 0.1 },
    { form: 'batched', count: 9, second_order: false, lambda_residual: 0.1 },
    { form: 'batched', count: 9, second_order: true, lambda_residual: 0 },
    { form: 'loop', count: 9, second_order: true, lambda_residual: 0.1 },
    { form: 'shared', count: 9, second_order: true, lambda_residual: 0.1 },
  ])(
    'give the loss and gradient of the reference engine to 1e-9: %o',
    async ({ form, count, ...settings }) => {
      const initial = initialParameters(shape, 1);
      const files = {
        initial: join(folder, 'initial.safetensors'),
        gradient: join(folder, 'gradient.safetensors'),
        episodes: join(folder, 'episodes.json'),
      };
      writeFileSync(files.initial, writeModel({ layout: gru.layout(shape), parameters: initial }));
      const draw = tasks.map(({ support, query }) => ({ support: pairsOf(support), query: pairsOf(query) }));
      writeFileSync(files.episodes, JSON.stringify({ draws: [draw, draw.toReversed()] }));
      const full = { inner_lr: 0.4, outer_lr: 0.02, inner_steps: 5, clip_norm: 10, ...settings };
      const caseFile = join(folder, 'case.json');
      const limits = { device: 'cpu', tasks: count, repeats: 2, seconds: 120 };
      writeFileSync(caseFile, JSON.stringify({ form, ...files, ...limits, settings: full }));

      const peer = spawnSync(python, [script, caseFile], { encoding: 'utf8' });
      expect(peer.stderr).toBe('');
      const lines = peer.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { readonly [field: string]: unknown });
      const times = lines.filter(({ milliseconds }) => Number(milliseconds) > 0);
      expect(times).toHaveLength(2);
      const theirs = readModel(readFileSync(files.gradient), 'gradient').parameters;

      const engine = await createEngine({ shape, threads: 1 });
      const { loss, gradient } = await engine.metaGradient(initial, tasks.slice(0, count), {
        innerRates: full.inner_lr,
        innerSteps: full.inner_steps,
        lambdaResidual: full.lambda_residual,
        secondOrder: full.second_order,
      });
      expect(Number(lines.find((line) => 'loss' in line)?.['loss'])).toBeCloseTo(loss, 10);
      expect(relativeError(theirs, gradient)).toBeLessThan(1e-9);
    },
  );

  it('train as the reference engine does in two processes, each with its part of the tasks', async () => {
    const initial = initialParameters(shape, 1);
    const files = { initial: join(folder, 'first.safetensors'), draws: join(folder, 'draws.json') };
    writeFileSync(files.initial, writeModel({ layout: gru.layout(shape), parameters: initial }));
    const drawn = tasks.slice(0, 9).map((task, user) => ({ userId: String(user), task }));
    const draw = drawn.map(({ task: { support, query } }) => ({
      support: pairsOf(support),
      query: pairsOf(query),
    }));
    writeFileSync(files.draws, JSON.stringify({ draws: [draw] }));
    const settings = {
      inner_lr: 0.4,
      outer_lr: 0.02,
      inner_steps: 3,
      clip_norm: 10,
      second_order: true,
      lambda_residual: 0.1,
    };
    const caseFile = join(folder, 'turns.json');
    const form = { form: 'batched', chunk: 2, processes: 2, threads: 2 };
    writeFileSync(caseFile, JSON.stringify({ ...form, ...files, settings }));
    const turns = fileURLToPath(new URL('../../bench/pytorch/take_turns.py', import.meta.url));
    const peer = spawnSync(python, [turns, caseFile], { encoding: 'utf8', input: '0\n0\n0\n' });
    expect(peer.stderr).toBe('');
    const theirs = peer.stdout
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => (JSON.parse(line) as { readonly loss: number }).loss);

    const engine = await createEngine({ shape, threads: 1 });
    const optimizer = adam(settings.outer_lr);
    let state = optimizer.init(initial);
    const ours: number[] = [];
    for (let turn = 0; turn < 3; turn++) {
      const { loss, state: next } = await metaIteration(engine, state, drawn, {
        hyper: { innerRates: 0.4, innerSteps: 3, lambdaResidual: 0.1, secondOrder: true },
        optimizer,
        clipNorm: 10,
      });
      ours.push(loss);
      state = next;
    }
    // Theirs is float32; were a part of the tasks left out, the second loss would be another in its first digits.
    expect(relativeError(Float64Array.from(theirs), Float64Array.from(ours))).toBeLessThan(1e-4);
  });
});

function pairsOf(pairs: PairSet): [number[], number][] {
  return Array.from(pairs.labels, (label, pair) => [
    [...pairs.items.subarray(pairs.offsets[pair], pairs.offsets[pair + 1])],
    label,
  ]);
}
