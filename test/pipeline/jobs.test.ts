import { describe, expect, it } from 'vitest';
import type { EngineChoice } from '../../src/engines/choose-engine.js';
import { type ChosenExecutor, chooseExecutor } from '../../src/pipeline/choose-executor.js';
import type { GraphNode } from '../../src/pipeline/graph/graph.js';
import { formatFailures } from '../../src/ui/views/print-failures.js';
import { temporaryProject } from '../support/temporary-project.js';
import { graphOf } from './load-text.js';

/** What a kshot.yaml says. */
async function settingsOf(text: string, asked?: string): Promise<ChosenExecutor> {
  const chosen = await chooseExecutor(temporaryProject({ files: { 'kshot.yaml': text } }).root, asked);
  if (!chosen.ok) throw new Error(formatFailures(chosen.failure));
  return chosen.value;
}

const steps = `version: 1
steps:
  one: { kind: command, with: { argv: [cp, a, b], outputs: { b: b } } }
  two:
    kind: command
    in: { one: one.b }
    with: { argv: [cp, one, c], outputs: { c: c } }
    resources: { memory: 8 GB }
    slurm: { partition: long }
  kept: { kind: value, with: { a: 1 } }
`;
const nodesOf = async (
  executor: ChosenExecutor,
): Promise<{ readonly [id: string]: GraphNode['resources'] }> =>
  Object.fromEntries((await graphOf(steps, { executor })).nodes.map(({ id, resources }) => [id, resources]));

describe('what kshot.yaml says of resources', () => {
  const said = 'resources: { cpus: 2, memory: 500 MB, time: 2 h }\n';

  it('is what steps ask for that do not say so themselves, here too; those that only choose ask for nothing', async () => {
    const asked = await nodesOf(await settingsOf(said));
    const common = { slots: 2, gpus: 0, timeoutSeconds: 7200 };
    expect(asked['one']).toEqual({ ...common, memoryBytes: 5e8 });
    expect(asked['two']).toEqual({ ...common, memoryBytes: 8e9 });
    expect(asked['kept']).toEqual({ slots: 1, gpus: 0 });
  });

  it('stands in no key: a result that is there stays one', async () => {
    const nodes = async (text: string) =>
      (await graphOf(steps, { executor: await settingsOf(text) })).nodes.map(
        ({ resources: _, notes: __, ...node }) => JSON.stringify(node).replaceAll(/"file":"[^"]*"/g, ''),
      );
    expect(await nodes(said)).toEqual(await nodes(''));
  });

  it('goes to jobs with what the project and the step say of Slurm, the step before the project', async () => {
    const text = `${said}executor: slurm\nslurm: { partition: main, account: lab, throttle: 5 }\n`;
    const { one, two, kept } = await nodesOf(await settingsOf(text));
    expect(one?.batch).toEqual({ partition: 'main', account: 'lab', throttle: 5 });
    expect(two?.batch).toEqual({ partition: 'long', account: 'lab', throttle: 5 });
    expect(kept?.batch).toBeUndefined();
    expect((await nodesOf(await settingsOf(text, 'local')))['one']?.batch).toBeUndefined();
  });

  it.each([
    ['resources: { memory: much }', 'resources.memory must be a size, such as 4 GiB or 500 MB'],
    ['resources: { cpus: 0 }', 'cpus'],
    ['resources: { gpus: 1 }', 'gpus'],
    ['slurm: { throttle: 0 }', 'throttle'],
    ['slurm: { jobs: 1.5 }', 'jobs'],
  ])('is refused where it is written: %s', async (text, message) => {
    await expect(settingsOf(text)).rejects.toThrow(/kshot\.yaml:1/);
    await expect(settingsOf(text)).rejects.toThrow(message);
  });
});

describe('the engine of a step that is a job', () => {
  const training = (more: string) => `version: 1
steps:
  interactions: { kind: data.synthetic, with: { users: 60, items: 20, repeats: true } }
  pairs: { kind: data.pairs, in: { interactions: interactions } }
  split: { kind: data.split, in: { pairs: pairs } }
  episodes: { kind: data.episodes, in: { pairs: split }, with: { k: 3, q: 4 } }
  train: { kind: supervised.train, in: { train: episodes.train }${more} }
`;
  const torch: EngineChoice = { engine: 'torch', why: 'the job asks for a GPU' };
  const wasm: EngineChoice = { engine: 'wasm', why: 'the job asks for no GPU' };
  const none: EngineChoice = { engine: 'wasm', why: 'no engine for GPUs can be tried here' };
  const graphWith = async (more: string, onGpu: EngineChoice) =>
    await graphOf(training(more), {
      executor: { set: 'slurm', settings: { options: {} } },
      chooseEngine: async (_, job) => {
        if (job === undefined) throw new Error('nothing computes here');
        return job.asksForGpu ? onGpu : wasm;
      },
    });

  it('goes by whether it asks for a GPU, and its plan says so', async () => {
    const asking = await graphWith(', resources: { gpus: 1 }', torch);
    const node = asking.nodes.find(({ step }) => step === 'train');
    expect(node).toMatchObject({ engine: 'torch', resources: { gpus: 1, batch: {} } });
    expect(node?.notes).toEqual([
      'runs on Slurm: 1 CPU, 1 GPU',
      'auto is torch in its jobs: the job asks for a GPU',
    ]);
    expect(asking).toMatchObject({ engine: 'torch', engineReason: 'the job asks for a GPU', warnings: [] });
    const other = (await graphWith('', torch)).nodes.find(({ step }) => step === 'train');
    expect(other).toMatchObject({ engine: 'wasm', resources: { gpus: 0 } });
    expect(other?.notes).toContain('auto is wasm in its jobs: the job asks for no GPU');
  });

  it('is one for the CPU, without a GPU, and with a warning, where none for GPUs is known', async () => {
    const { nodes, warnings } = await graphWith(', resources: { gpus: 1 }', none);
    expect(nodes.find(({ step }) => step === 'train')).toMatchObject({
      engine: 'wasm',
      resources: { gpus: 0 },
    });
    expect(warnings.map(({ message }) => message)).toEqual([
      'train asks for a GPU, and its jobs compute with wasm, without one: no engine for GPUs can be tried here',
    ]);
  });
});
