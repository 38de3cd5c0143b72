import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FailureError } from '../../../src/base/failure.js';
import { gru } from '../../../src/model/gru/gru.js';
import { importModel } from '../../../src/model/gru/import-model.js';
import { initialParameters } from '../../../src/model/gru/initial-parameters.js';
import { writeModel } from '../../../src/model/model-file.js';
import { readCheckpoint } from '../../../src/model/pytorch/read-checkpoint.js';
import { sourceOf } from './small-checkpoint.js';

const python = '/usr/bin/python3';
const script = fileURLToPath(new URL('../../../bench/notebook/make_checkpoint.py', import.meta.url));
const probe = spawnSync(python, ['-c', 'import torch'], { encoding: 'utf8' });
const absent = probe.status === 0 ? undefined : `${python} has no torch: ${probe.stderr || probe.error}`;
if (absent !== undefined) console.warn(`skipping checkpoints written by PyTorch: ${absent}`);

const shape = { items: 11, embedding: 4, hidden: 6 };
const weights = Float32Array.from(initialParameters(shape, 5));

const exact = ['state_dict', 'checkpoint', 'parallel', 'other_names', 'parameters', 'transposed', 'shared'];
const rounded = ['double', 'half', 'bfloat16'];
const refused = ['legacy', 'torchscript', 'module'];

describe.skipIf(absent !== undefined)('a checkpoint that PyTorch wrote', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'kshot-checkpoint-'));
    const path = join(folder, 'weights.safetensors');
    writeFileSync(path, writeModel({ layout: gru.layout(shape), parameters: weights }));
    const sizes = ['--items', '11', '--embedding', '4', '--hidden', '6', '--weights', path];
    const made = spawnSync(python, [script, folder, ...exact, ...rounded, ...refused, ...sizes], {
      encoding: 'utf8',
    });
    expect(made.status, made.stderr).toBe(0);
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const read = (form: string) =>
    importModel(readCheckpoint(sourceOf(readFileSync(join(folder, `${form}.pth`))), 'gru.pth'), {
      items: shape.items,
      paddingRow: 'none',
      source: 'gru.pth',
    }).model;

  it.each(exact)('as %s gives its numbers to the last bit', (form) => {
    const model = read(form);
    expect(model.layout.shape).toEqual(shape);
    expect(model.parameters).toEqual(weights);
  });

  it('in float64 keeps its precision', () => {
    expect(read('double').parameters).toEqual(Float64Array.from(weights));
  });

  it.each([
    ['half', 2 ** -11],
    ['bfloat16', 2 ** -8],
  ])('in %s is rounded as that type is', (form, precision) => {
    for (const [index, value] of read(form).parameters.entries()) {
      const exact = weights[index] ?? 0;
      expect(Math.abs(value - exact)).toBeLessThanOrEqual(Math.abs(exact) * precision + 2 ** -25);
    }
  });

  it.each([
    ['legacy', /before 1\.6/],
    ['torchscript', /TorchScript archive/],
    ['module', /names "__main__\.GRURecommender"/],
  ])('as %s is refused, and told what to write', (form, message) => {
    const error = (() => {
      try {
        return read(form);
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toBeInstanceOf(FailureError);
    const { failure } = error as FailureError;
    expect(failure.reason).toBe('bad-data');
    expect(failure.message).toMatch(message);
    expect(failure.hint).toContain('torch.save(model.state_dict(), path)');
  });
});
