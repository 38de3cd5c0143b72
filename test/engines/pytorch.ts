import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PairSet } from '../../src/data/pair-set.js';
import { adam } from '../../src/learning/adam.js';
import { metaIteration } from '../../src/learning/meta-train.js';
import { gru } from '../../src/model/gru/gru.js';
import { initialParameters } from '../../src/model/gru/initial-parameters.js';
import { writeModel } from '../../src/model/model-file.js';
import { arbitraryTask } from './arbitrary-tasks.js';
import type { Subject } from './conformance.js';

const script = fileURLToPath(new URL('../../bench/pytorch/maml.py', import.meta.url));
const python = '/usr/bin/python3';
const probe = spawnSync(python, ['-c', 'import torch'], { encoding: 'utf8' });
const absent = probe.status === 0 ? undefined : `${python} has no torch: ${probe.stderr || probe.error}`;
if (absent !== undefined) console.warn(`skipping the comparison with PyTorch: ${absent}`);

/**
 * Twenty iterations of training, outer loop and all, by an engine and by PyTorch on the same episodes; of `orders`, true is
 * second order.
 */
export function describeAgainstPyTorch(
  name: string,
  createEngine: Subject['createEngine'],
  orders: readonly boolean[] = [true, false],
): void {
  describe.skipIf(absent !== undefined)(`the ${name} engine against PyTorch`, () => {
    it.each(orders)('gives the losses of twenty iterations to 1e-4, second order %o', async (secondOrder) => {
      const shape = { items: 29, embedding: 6, hidden: 12 };
      const tasks = fc.sample(arbitraryTask(shape.items), { numRuns: 40, seed: 20260107 });
      const iterations = Array.from({ length: 20 }, (_, i) => tasks.slice(2 * i, 2 * i + 2));
      const initial = initialParameters(shape, 1);
      const folder = mkdtempSync(join(tmpdir(), 'kshot-pytorch-'));
      try {
        const files = {
          initial: join(folder, 'initial.safetensors'),
          final: join(folder, 'final.safetensors'),
        };
        writeFileSync(files.initial, writeModel({ layout: gru.layout(shape), parameters: initial }));
        const experiment = join(folder, 'experiment.json');
        const settings = {
          inner_lr: 0.1,
          outer_lr: 0.01,
          inner_steps: 5,
          lambda_residual: 0.1,
          clip_norm: 10,
        };
        writeFileSync(
          experiment,
          JSON.stringify({
            ...settings,
            ...files,
            second_order: secondOrder,
            iterations: iterations.map((list) =>
              list.map(({ support, query }) => ({ support: listed(support), query: listed(query) })),
            ),
          }),
        );
        const peer = spawnSync(python, [script, experiment], { encoding: 'utf8' });
        expect(peer.stderr).toBe('');
        const theirs = JSON.parse(peer.stdout) as { losses: number[] };

        const engine = await createEngine({ shape, threads: 2 });
        const optimizer = adam(settings.outer_lr);
        let state = optimizer.init(Float32Array.from(initial));
        const losses: number[] = [];
        for (const list of iterations) {
          const drawn = list.map((task) => ({ userId: 'one', task }));
          const step = await metaIteration(engine, state, drawn, {
            hyper: {
              innerRates: settings.inner_lr,
              innerSteps: settings.inner_steps,
              lambdaResidual: settings.lambda_residual,
              secondOrder,
            },
            optimizer,
            clipNorm: settings.clip_norm,
          });
          state = step.state;
          losses.push(step.loss);
        }
        await engine.close();
        for (const [iteration, loss] of losses.entries()) {
          expect(Math.abs(loss - (theirs.losses[iteration] ?? Number.NaN))).toBeLessThan(1e-4);
        }
        expect(losses.at(-1)).toBeLessThan(losses[0] ?? 0);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });
  });
}

function listed(pairs: PairSet): [number[], number][] {
  return Array.from(pairs.labels, (label, pair) => [
    [...pairs.items.subarray(pairs.offsets[pair], pairs.offsets[pair + 1])],
    label,
  ]);
}
