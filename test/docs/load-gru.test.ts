import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { gru } from '../../src/model/gru/gru.js';
import { initialParameters } from '../../src/model/gru/initial-parameters.js';
import { writeModel } from '../../src/model/model-file.js';
import { plainScores } from '../engines/plain-model.js';
import { temporaryProject } from '../support/temporary-project.js';
import { fencesOf } from './fences.js';

const python = '/usr/bin/python3';
const find = 'import sys, importlib.util; sys.exit(importlib.util.find_spec("torch") is None)';
const hasLibrary = spawnSync(python, ['-c', find]).status === 0;
if (!hasLibrary) console.warn(`skipping the snippet of docs/outputs.md: ${python} has no PyTorch`);

it.skipIf(!hasLibrary)('a checkpoint of the GRU, loaded as docs/outputs.md says, scores as in kshot', () => {
  const page = readFileSync(new URL('../../docs/outputs.md', import.meta.url), 'utf8');
  const snippet = fencesOf(page).find(({ attributes }) => attributes['file'] === 'load_gru.py');
  const shape = { items: 17, embedding: 5, hidden: 7 };
  const parameters = initialParameters(shape, 3);
  const layout = gru.layout(shape);
  // As of ANIL and Meta-SGD.
  const innerRateFactors = parameters.slice().fill(1);
  const project = temporaryProject({
    files: {
      'load_gru.py': `${snippet?.lines.join('\n')}\n`,
      'model.safetensors': writeModel({ layout, parameters, innerRateFactors }),
    },
  });
  const prefix = [3, 14, 0, 9];
  const args = ['load_gru.py', 'model.safetensors', ...prefix.map(String)];
  const { stdout, stderr } = spawnSync(python, args, { cwd: project.root, encoding: 'utf8' });
  const scores = JSON.parse(stdout || JSON.stringify(stderr)) as readonly number[];
  expect(scores).toHaveLength(shape.items);
  for (const [item, score] of plainScores(shape, parameters, prefix).entries()) {
    expect(scores[item]).toBeCloseTo(score, 5);
  }
});
