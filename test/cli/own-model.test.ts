import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Manifest } from '../../src/artifacts/run-documents.js';
import { fencesOf } from '../docs/fences.js';
import { eventsOf, kshot, nodesByOutcome, startKshot } from '../support/kshot.js';
import { temporaryProject } from '../support/temporary-project.js';
import { torch2Python } from '../support/torch-python.js';

const { skip, python } = torch2Python();

const model = `import torch
from torch import nn

from mean import mean_of  # beside it


class Averaged(nn.Module):
    def __init__(self, items, size):
        super().__init__()
        self.embedding = nn.Embedding(items + 1, size, padding_idx=items)
        self.hidden = nn.Linear(size, size)
        self.output = nn.Linear(size, items)
        self.scale = nn.Parameter(torch.tensor(0.9))  # a single number
        self.register_buffer("shift", torch.tensor(0.5))

    def forward(self, prefixes, lengths):
        return (self.shift + self.scale) * self.output(torch.tanh(self.hidden(mean_of(self.embedding(prefixes), lengths))))
`;
const ranksInPyTorch = `import json

from load_own import load, scores

items = len(json.load(open("items.json")))
model = load("model.safetensors", items, size=6)
load("with-factors.safetensors", items, size=6)
pairs = {pair["pair_id"]: pair for pair in json.load(open("pairs.json"))}
rows = json.load(open("ranks.json"))
found = scores(model, items, [pairs[row["pair_id"]]["prefix"] for row in rows])
labels = [row["label"] for row in rows]
print(json.dumps([
    [1 + int((own > own[label]).sum()) for own, label in zip(found, labels)],
    [row["rank"] for row in rows],
]))
`;
const pipeline = `version: 1
name: own
params: { seed: 7, model: { python: "models/averaged.py:Averaged", with: { size: 6 }, head: ["output.*"] } }
steps:
  interactions: { kind: data.synthetic, with: { users: 60, items: 30, seed: "\${params.seed}", repeats: true } }
  pairs: { kind: data.pairs, in: { interactions: interactions } }
  split: { kind: data.split, in: { pairs: pairs }, with: { train: 0.6, val: 0.2, seed: "\${params.seed}" } }
  episodes: { kind: data.episodes, in: { pairs: split }, with: { k: 3, q: 4 } }
  supervised:
    kind: supervised.train
    in: { train: episodes.train }
    with: { model: "\${params.model}", epochs: 1, batch_size: 64 }
  meta_train:
    kind: maml.train
    in: { train: episodes.train, init: supervised.model }
    with: { model: "\${params.model}", iterations: 4, checkpoint_interval: 2, meta_batch_size: 4, inner_steps: 2 }
    matrix: { learn_rates: [true, false] }
  few_shot:
    kind: eval.few_shot
    over: { model: meta_train.checkpoints }
    in: { episodes: episodes.val }
    with: { model: "\${params.model}", steps: [0, 2], drift: true, max_episodes: 6 }
  anil:
    kind: eval.few_shot
    in: { model: supervised.model, episodes: episodes.val }
    with: { model: "\${params.model}", adapt: head, max_episodes: 6 }
  zero_shot:
    kind: eval.zero_shot
    in: { model: supervised.model, episodes: episodes.test }
    with: { model: "\${params.model}", max_episodes: 6 }
`;

describe.skipIf(skip)('a model of the user’s, through the steps of a pipeline', { timeout: 120_000 }, () => {
  const project = temporaryProject({
    files: {
      'pipelines/own.yaml': pipeline,
      'kshot.yaml': `python: ${python}\n`,
      'models/averaged.py': model,
      'models/mean.py': 'def mean_of(rows, lengths):\n    return rows.sum(1) / lengths[:, None]\n',
    },
  });
  // Each worker would import PyTorch.
  const run = async (...args: string[]) => await kshot(project, ['run', '--json', '-j', '1', ...args]);
  const states = async () => {
    const { stdout, stderr } = await kshot(project, ['plan', '--json']);
    expect(stderr).toBe('');
    const { nodes } = JSON.parse(stdout) as { nodes: { step: string; state: string }[] };
    return new Set(nodes.filter(({ state }) => state !== 'hit').map(({ step }) => step));
  };

  it('is trained, warm-started, given rates of its own, adapted and ranked, all on the engine torch', async () => {
    const { exitCode, stdout, stderr } = await run();
    expect(exitCode, stderr + stdout).toBe(0);
    const events = eventsOf({ stdout });
    const start = events.find((event) => event.event === 'run.start');
    expect(start).toMatchObject({ engines: [{ name: 'torch' }] });
    const folder = start?.event === 'run.start' ? start.run : '';
    const manifest = JSON.parse(project.read(`artifacts/own/${folder}/manifest.json`)) as Manifest;
    for (const id of ['supervised', 'meta_train', 'few_shot', 'anil', 'zero_shot']) {
      const nodes = manifest.nodes.filter((node) => node.id.startsWith(id) && !node.id.endsWith('/metrics'));
      expect(nodes.length).toBeGreaterThan(0);
      for (const node of nodes) {
        expect(node).toMatchObject({ engine: 'torch', device: expect.stringContaining('PyTorch 2') });
      }
    }
    const rows = await kshot(project, [
      'sql',
      "SELECT count(*) AS n, min(value) AS least FROM latest_metrics WHERE metric = 'mrr'",
      '--format',
      'json',
    ]);
    expect(JSON.parse(rows.stdout)).toEqual([{ n: 10, least: expect.any(Number) }]);
  });

  it('is loaded in plain PyTorch as docs/own-model.md says, and ranks as in kshot', async () => {
    const snippetOf = (page: string, name: string) => {
      const text = readFileSync(new URL(`../../docs/${page}`, import.meta.url), 'utf8');
      const fence = fencesOf(text).find(({ attributes }) => attributes['file'] === name);
      return `${fence?.lines.join('\n')}\n`;
    };
    project.write('load_gru.py', snippetOf('outputs.md', 'load_gru.py'));
    project.write('load_own.py', snippetOf('own-model.md', 'load_own.py'));
    for (const [value, file] of [
      ['zero_shot.ranks', 'ranks.json'],
      ['supervised.model', 'model.safetensors'],
      ['meta_train[learn_rates=true].model', 'with-factors.safetensors'],
      ['episodes.test/items', 'items.json'],
      ['episodes.test/pairs', 'pairs.json'],
    ] as const) {
      const { exitCode, stderr } = await kshot(project, ['get', value, '-o', file]);
      expect(exitCode, stderr).toBe(0);
    }
    project.write('ranks.py', ranksInPyTorch);
    const { stdout, stderr } = spawnSync(python, ['ranks.py'], { cwd: project.root, encoding: 'utf8' });
    expect(stderr).toBe('');
    const [theirs, ours] = JSON.parse(stdout) as [number[], number[]];
    expect(ours.length).toBeGreaterThan(10);
    expect(theirs).toEqual(ours);
  });

  it('tells of too few users at the step, with the setting to lower', async () => {
    project.write('pipelines/own.yaml', pipeline.replace('meta_batch_size: 4', 'meta_batch_size: 400'));
    const { stderr } = await kshot(project, ['run', 'meta_train', '-j', '1']);
    project.write('pipelines/own.yaml', pipeline);
    const line = 1 + pipeline.split('\n').findIndex((text) => text.startsWith('  meta_train:'));
    expect(stderr).toMatch(
      new RegExp(`own\\.yaml:${line}:3: meta_train\\S+: meta_batch_size is 400, .*only \\d+ have an episode`),
    );
    expect(stderr).toContain('set meta_batch_size under `with` to at most');
  });

  it('is in the key by what it and its neighbours define, not by comments', async () => {
    project.write('models/averaged.py', model.replace('  # beside it', '  # a comment'));
    expect(await states()).toEqual(new Set());
    project.write(
      'models/mean.py',
      'def mean_of(rows, lengths):\n    return rows.sum(1) / (1 + lengths[:, None])\n',
    );
    expect(await states()).toEqual(new Set(['supervised', 'meta_train', 'few_shot', 'anil', 'zero_shot']));
    const { stdout } = await kshot(project, ['explain', 'supervised']);
    expect(stdout).toContain('mean_of');
  });

  it('ends its step with the line that is wrong', async () => {
    project.write(
      'models/mean.py',
      'print("loaded", flush=True)\ndef mean_of(rows, lengths):\n    return rows.sum(1) / length\n',
    );
    const { exitCode, stdout } = await run('supervised', '--tag', 'wrong');
    expect(exitCode).toBe(1);
    expect(stdout).toContain("models/mean.py, line 3: NameError: name 'length' is not defined");
    const log = project.read('artifacts/own/wrong/logs/supervised@1.log');
    expect(log.match(/\bloaded$/gm)).toHaveLength(1);
    expect(nodesByOutcome(eventsOf({ stdout }))['failed']?.length).toBe(1);
  });

  it('is refused at planning where it is nowhere, or where the step asks for what it cannot have', async () => {
    const wrong = pipeline
      .replace(
        'with: { model: "${params.model}", epochs: 1',
        'engine: wasm\n    with: { model: { python: "models/avaraged.py:A" }, padding_idx: 0, epochs: 1',
      )
      .replace(', head: ["output.*"]', '');
    project.write('pipelines/own.yaml', wrong);
    const { exitCode, stderr } = await kshot(project, ['plan']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('models/avaraged.py');
    expect(stderr).toContain('padding_idx is one of the built-in GRU');
    expect(stderr).toContain('engine: wasm does not compute models in Python; leave it out, or write torch');
    expect(stderr).toContain('head: [output.*] under model');
  });
});

const dropping = `import time
from torch import nn


class Dropping(nn.Module):
    def __init__(self, items):
        super().__init__()
        self.items = items
        self.embedding = nn.Embedding(items + 1, 4)
        self.dropout = nn.Dropout(0.4)
        self.output = nn.Linear(4, items)

    def forward(self, prefixes, lengths):
        if self.training:
            time.sleep(0.05)  # so that it can be killed while it trains
        rows = self.embedding(prefixes) * (prefixes != self.items)[:, :, None]
        return self.output(self.dropout(rows.sum(1) / lengths[:, None]))
`;
const twoTrainings = `version: 1
name: killed
params: { model: { python: "models/dropping.py:Dropping" } }
steps:
  interactions: { kind: data.synthetic, with: { users: 40, items: 20, seed: 7, repeats: true } }
  pairs: { kind: data.pairs, in: { interactions: interactions } }
  split: { kind: data.split, in: { pairs: pairs }, with: { train: 0.8, val: 0.1, seed: 7 } }
  episodes: { kind: data.episodes, in: { pairs: split }, with: { k: 3, q: 4 } }
  supervised:
    kind: supervised.train
    in: { train: episodes.train }
    with: { model: "\${params.model}", epochs: 2, batch_size: 64 }
  meta_train:
    kind: maml.train
    in: { train: episodes.train, init: supervised.model }
    with: { model: "\${params.model}", iterations: 12, checkpoint_interval: 6, meta_batch_size: 4, inner_steps: 2 }
`;

describe.skipIf(skip)('a training of a model with dropout that is killed', { timeout: 240_000 }, () => {
  const project = temporaryProject({
    files: {
      'pipelines/killed.yaml': twoTrainings,
      'kshot.yaml': `python: ${python}\n`,
      'models/dropping.py': dropping,
    },
  });
  const args = ['run', '--json', '-j', '1'];
  /** Sends the signal when the node has done some of its steps. */
  const interrupt = async (node: string, signal: 'SIGINT' | 'SIGKILL') => {
    const running = startKshot(project, args);
    await running.until(new RegExp(`"step\\.progress"[^\\n]*"node":"${node}","done":(?:[2-9]|1\\d),`));
    running.process.kill(signal);
    return await running.finished;
  };
  /** Of each node that trained, the digests of what it gave. */
  const outputs = (tag: string) => {
    const manifest = JSON.parse(project.read(`artifacts/killed/${tag}/manifest.json`)) as Manifest;
    const nodes = manifest.nodes.filter(({ kind }) => kind.endsWith('.train'));
    return Object.fromEntries(nodes.map((node) => [node.id, node.outputs]));
  };

  it('goes on where it was, and ends with the bytes of one that ran through', async () => {
    await interrupt('supervised@2', 'SIGKILL');
    expect((await interrupt('meta_train@12', 'SIGINT')).exitCode).toBe(130);
    // From the state that was saved, and that state is still there for the next.
    const { stdout } = await interrupt('meta_train@12', 'SIGKILL');
    expect(stdout).toMatch(/resumed after iteration [89]/);
    const last = await kshot(project, [...args, '--tag', 'killed']);
    expect(last.exitCode, last.stderr + last.stdout).toBe(0);
    expect(last.stdout).toMatch(/resumed after iteration [89]/);
    expect(nodesByOutcome(eventsOf(last))['hit']).toEqual(
      expect.arrayContaining(['meta_train@6', 'supervised@1', 'supervised@2']),
    );
    const force = ['--force=supervised', '--force=meta_train'];
    const whole = await kshot(project, [...args, ...force, '--tag', 'whole']);
    expect(whole.exitCode, whole.stderr).toBe(0);
    expect(nodesByOutcome(eventsOf(whole))['ran']).toEqual(
      expect.arrayContaining(['meta_train@12', 'supervised@1']),
    );
    expect(Object.keys(outputs('whole'))).toHaveLength(4);
    expect(outputs('killed')).toEqual(outputs('whole'));
  });
});

it('the example of two modules beside the GRU is one that planning takes', async () => {
  const project = temporaryProject({});
  cpSync(fileURLToPath(new URL('../../examples/own-model', import.meta.url)), project.root, {
    recursive: true,
  });
  const { exitCode, stdout, stderr } = await kshot(project, ['plan', '--json']);
  expect(exitCode, stderr).toBe(0);
  const { nodes } = JSON.parse(stdout) as { nodes: { node: string }[] };
  expect(nodes.map(({ node }) => node)).toEqual(
    expect.arrayContaining(['gru@60', 'averaged@60', 'attentive@60']),
  );
});
