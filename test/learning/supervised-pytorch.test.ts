import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PairSet } from '../../src/data/pair-set.js';
import { createEngine } from '../../src/engines/reference/reference-engine.js';
import { type OptimizerName, optimizers } from '../../src/learning/optimizers.js';
import { createBatches, supervisedIteration } from '../../src/learning/supervised-train.js';
import { gru } from '../../src/model/gru/gru.js';
import { initialParameters } from '../../src/model/gru/initial-parameters.js';
import { parameterLayout } from '../../src/model/gru/parameter-layout.js';
import { readModel, writeModel } from '../../src/model/model-file.js';
import { pairSet } from '../engines/arbitrary-tasks.js';
import { relativeError } from '../engines/numeric.js';

const script = fileURLToPath(new URL('../../bench/pytorch/supervised.py', import.meta.url));
const python = '/usr/bin/python3';
const probe = spawnSync(python, ['-c', 'import torch'], { encoding: 'utf8' });
const absent = probe.status === 0 ? undefined : `${python} has no torch: ${probe.stderr || probe.error}`;
if (absent !== undefined) console.warn(`skipping the comparison with PyTorch: ${absent}`);

const shape = { items: 17, embedding: 6, hidden: 8 };
const item = fc.integer({ min: 0, max: shape.items - 1 });
const arbitraryPair = fc.record({ prefix: fc.array(item, { minLength: 1, maxLength: 6 }), label: item });

describe.skipIf(absent !== undefined)('supervised training against PyTorch in float64', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'kshot-pytorch-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each<[OptimizerName, number, [string, object]]>([
    ['adam', 0.02, ['Adam', {}]],
    ['adamw', 0.02, ['AdamW', { weight_decay: 0.3 }]],
    ['sgd', 0.2, ['SGD', { momentum: 0.8 }]],
  ])(
    'gives the losses, norms and weights of nine batches over three epochs to 1e-8: %s',
    async (name, rate, theirOptimizer) => {
      const pairs = pairSet(fc.sample(arbitraryPair, { numRuns: 80, seed: 20260107 }));
      const { perEpoch, batch } = createBatches(pairs, 32, 5);
      expect(perEpoch).toBe(3);
      const batches = Array.from({ length: 9 }, (_, iteration) => batch(iteration));
      const initial = initialParameters(shape, 1);

      const files = {
        initial: join(folder, 'initial.safetensors'),
        final: join(folder, 'final.safetensors'),
      };
      writeFileSync(files.initial, writeModel({ layout: gru.layout(shape), parameters: initial }));
      const experiment = join(folder, 'experiment.json');
      writeFileSync(
        experiment,
        JSON.stringify({
          optimizer: theirOptimizer,
          learning_rate: rate,
          ...files,
          batches: batches.map(listOf),
        }),
      );
      const peer = spawnSync(python, ['-B', script, experiment], { encoding: 'utf8' });
      expect(peer.stderr).toBe('');
      const theirs = JSON.parse(peer.stdout) as { losses: number[]; gradient_norms: number[] };

      const engine = await createEngine({ shape, threads: 1 });
      const optimizer = optimizers[name].make(rate, { momentum: 0.8, weight_decay: 0.3 });
      let state = optimizer.init(initial);
      const losses: number[] = [];
      const norms: number[] = [];
      for (const one of batches) {
        const iteration = await supervisedIteration(engine, state, one, optimizer);
        state = iteration.state;
        losses.push(iteration.loss);
        norms.push(iteration.gradientNorm);
      }

      expect(relativeError(Float64Array.from(losses), Float64Array.from(theirs.losses))).toBeLessThan(1e-8);
      expect(relativeError(Float64Array.from(norms), Float64Array.from(theirs.gradient_norms))).toBeLessThan(
        1e-8,
      );
      const final = readModel(readFileSync(files.final), 'final.safetensors');
      for (const { offset, size } of parameterLayout(shape)) {
        const part = (vector: Float64Array) => vector.subarray(offset, offset + size);
        const ours = part(state.parameters as Float64Array);
        expect(relativeError(ours, part(final.parameters as Float64Array))).toBeLessThan(1e-8);
        // Training did move this tensor.
        expect(relativeError(ours, part(initial))).toBeGreaterThan(1e-3);
      }
    },
  );
});

function listOf(pairs: PairSet): [number[], number][] {
  return Array.from(pairs.labels, (label, pair) => [
    [...pairs.items.subarray(pairs.offsets[pair], pairs.offsets[pair + 1])],
    label,
  ]);
}
