import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { kshot } from '../../support/kshot.js';
import { temporaryProject } from '../../support/temporary-project.js';

const python = ['/usr/bin/python3', 'python3'].find((one) => spawnSync(one, ['--version']).status === 0);
if (python === undefined) console.warn('skipped: a model that a program writes, because python3 is missing');

/** Safetensors by hand: a GRU that says nothing, and a bias that prefers items of higher id. */
const script = `
import json
import struct

items, embedding, hidden = 20, 2, 3
shapes = {
    "embedding.weight": [items, embedding],
    "gru.weight_ih_l0": [3 * hidden, embedding],
    "gru.weight_hh_l0": [3 * hidden, hidden],
    "gru.bias_ih_l0": [3 * hidden],
    "gru.bias_hh_l0": [3 * hidden],
    "fc.weight": [items, hidden],
    "fc.bias": [items],
}
header, body = {}, b""
for name, shape in shapes.items():
    size = shape[0] * (shape[1] if len(shape) > 1 else 1)
    values = [float(i) for i in range(items)] if name == "fc.bias" else [0.0] * size
    data = struct.pack(f"<{size}f", *values)
    header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [len(body), len(body) + len(data)]}
    body += data
text = json.dumps(header).encode()
with open("model.safetensors", "wb") as file:
    file.write(struct.pack("<Q", len(text)) + text + body)
`;

const pipeline = `
version: 1
name: written
engine: reference
steps:
  data: { kind: data.synthetic, with: { users: 80, items: 20, seed: 1, repeats: true } }
  pairs: { kind: data.pairs, in: { interactions: data } }
  split: { kind: data.split, in: { pairs: pairs }, with: { train: 0.5, val: 0.25, seed: 1 } }
  episodes: { kind: data.episodes, in: { pairs: split }, with: { k: 2, q: 2 } }
  mine:
    kind: python
    in: { train: episodes.train }
    with: { script: write_model.py, outputs: { model: { path: model.safetensors, as: model } } }
  warm:
    kind: maml.train
    in: { init: mine.model, train: episodes.train }
    with: { inner_lr: 0.05, inner_steps: 1, outer_lr: 0.01, meta_batch_size: 2, iterations: 1, embedding_size: 2, hidden_size: 3, seed: 1 }
  zero_shot: { kind: eval.zero_shot, in: { model: mine.model, episodes: episodes.test } }
  warm_shot: { kind: eval.zero_shot, in: { model: warm.model, episodes: episodes.test } }
`;

describe.skipIf(python === undefined)('a model that a program writes', () => {
  const project = temporaryProject({
    files: { 'pipelines/written.yaml': pipeline, 'write_model.py': script },
  });

  it('is evaluated as it is, and is what training begins with', async () => {
    const environment = { PATH: `/usr/bin:${process.env['PATH']}` };
    const { exitCode, stderr } = await kshot(project, ['run', '--quiet'], { environment });
    expect(exitCode, stderr).toBe(0);
    const { stdout } = await kshot(project, [
      'sql',
      'SELECT label, rank, step FROM latest_ranks ORDER BY step, label',
      '--json',
    ]);
    const rows = JSON.parse(stdout) as { label: number; rank: number; step: string }[];
    const own = rows.filter(({ step }) => step === 'zero_shot');
    expect(own.length).toBeGreaterThan(20);
    // Of 20 items the last is first.
    expect(own.map(({ label, rank }) => label + rank)).toEqual(own.map(() => 20));
    expect(rows.filter(({ step }) => step === 'warm_shot')).toHaveLength(own.length);
  });
});
