import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventsOf, kshot } from '../../support/kshot.js';
import { runsSlowTests } from '../../support/slow-tests.js';
import { hasSlurmDaemons, startSlurm, type TestSlurm } from '../../support/slurm.js';
import { type Project, temporaryProject } from '../../support/temporary-project.js';
import { torch2Python } from '../../support/torch-python.js';
import { entriesOf, jobsIn, onSlurm, slurmProject, traceOf } from './on-slurm.js';

const shipped = (name: string) =>
  readFileSync(fileURLToPath(new URL(`../../../pipelines/${name}`, import.meta.url)), 'utf8');
const trainingScript = readFileSync(
  fileURLToPath(new URL('../../support/resuming_training.py', import.meta.url)),
  'utf8',
);
const torch = torch2Python();

// Needs Debian's slurmctld, slurmd, slurm-client and munge: a real Slurm of one node, started here.
describe.skipIf(!hasSlurmDaemons)('what runs on Slurm runs as it does here', { timeout: 240_000 }, () => {
  let slurm: TestSlurm;
  beforeAll(() => {
    slurm = startSlurm();
  });
  afterAll(() => slurm?.stop());

  /** What a run shows of its results, without when and where it took place. */
  const resultsOf = async (project: Project) => {
    const said = await kshot(project, [
      'sql',
      'SELECT node, metric, value, n FROM metrics ORDER BY ALL',
      '--json',
    ]);
    const curve = await kshot(project, [
      'sql',
      'SELECT node, iteration, loss FROM history ORDER BY ALL',
      '--json',
    ]);
    return [said.stdout, curve.stdout, said.stderr + curve.stderr];
  };

  /** Runs the same in a project whose steps are jobs and in one whose steps are not; gives the events of the first. */
  const runBoth = async (there: Project, here: Project, ...args: readonly string[]) => {
    const [onJobs, local] = await Promise.all([
      kshot(there, ['run', '--json', '--tag', 'one', ...args]),
      kshot(here, ['run', '--json', '--tag', 'one', '--executor', 'local', ...args]),
    ]);
    expect(onJobs.exitCode, onJobs.stderr + onJobs.stdout).toBe(0);
    expect(local.exitCode, local.stderr + local.stdout).toBe(0);
    expect(jobsIn(eventsOf(local))).toEqual([]);
    expect(entriesOf(there)).toEqual(entriesOf(here));
    return eventsOf(onJobs);
  };

  it('the main experiment in small: data, trainings in segments, evaluation, to the last byte', async () => {
    const files = {
      'pipelines/quickstart.yaml': shipped('quickstart.yaml'),
      'pipelines/maml_residual.yaml': shipped('maml_residual.yaml'),
    };
    // As it is, it takes half a minute.
    const smaller = ['params.iterations=4', 'params.checkpoint_interval=2', 'params.epochs=2'];
    const users = 'steps.interactions.with.users=120';
    const sets = runsSlowTests ? [] : [...smaller, users].flatMap((set) => ['--set', set]);
    const there = temporaryProject({ files: { ...files, 'kshot.yaml': onSlurm } });
    const args = ['pipelines/quickstart.yaml', '--engine', 'wasm', ...sets];
    const events = await runBoth(there, temporaryProject({ files }), ...args);
    expect(Object.keys(entriesOf(there)).length).toBeGreaterThan(50);
    const jobs = jobsIn(events);
    // All that computes is a job; what only chooses is none.
    const steps = new Set(jobs.map(({ node }) => node.replace(/[@[/].*/, '')));
    for (const step of ['interactions', 'split', 'gru_train', 'meta_train']) expect(steps).toContain(step);
    for (const step of steps) expect(step).not.toMatch(/choose|best|select/);
    // Segments share allocations, as other small steps do.
    expect(jobs.filter(({ node }) => node.startsWith('meta_train')).length).toBeGreaterThan(1);
    expect(new Set(jobs.map(({ job }) => job)).size).toBeLessThan(jobs.length / 2);
  });

  it('a training in Python, in segments with state, curve, metrics and log', async () => {
    const steps = (root: string) => `  train:
    kind: python
    with:
      script: train.py
      params: { epochs: 8, pause: 0.02, seed: 1 }
      outputs: { model: model.json, curve: { as: history } }
      env: { TRACE: ${root}/trace }
    segments: { of: epochs, every: 2 }
    matrix: { seed: [1, 2] }
  count:
    kind: command
    with:
      shell: true
      argv: 'echo "counted to {to}"; cat "$KSHOT_STATE/n" 2>/dev/null >> counted; echo {to} > "$KSHOT_STATE/n"; echo {to} >> counted; echo "{\\"metrics\\": {\\"n\\": {to}}, \\"step\\": {to}}" >> "$KSHOT_EVENTS"; echo "{\\"accuracy\\": 0.{to}}" > metrics.json'
      params: { to: 3 }
      outputs: { counted: counted, metrics: { path: metrics.json, as: metrics } }
    segments: { of: to, every: 1 }
`;
    const files = { 'train.py': trainingScript };
    const there = slurmProject('', files);
    const here = slurmProject('', files);
    // The same text in both, so that the keys are: what is traced is the first's.
    for (const one of [there, here])
      one.write('pipelines/p.yaml', `version: 1\nname: p\nsteps:\n${steps(there.root)}`);
    const events = await runBoth(there, here);
    const jobs = jobsIn(events);
    for (const chain of ['train', 'count']) {
      const ofChain = jobs.filter(({ node }) => node.startsWith(chain) && !node.includes('/'));
      expect(ofChain.length, chain).toBeGreaterThanOrEqual(3);
    }
    // Three chains, and no job more: what follows from a segment is taken by a job that is there.
    expect(new Set(jobs.map(({ job }) => job)).size).toBeLessThanOrEqual(3);
    expect(await resultsOf(there)).toEqual(await resultsOf(here));
    expect((await resultsOf(there))[1]).toContain('loss');
    // Both ran each epoch of both seeds once: nothing is trained again for a segment.
    expect(traceOf(there)).toHaveLength(2 * 2 * 8);
    const progress = events.filter(({ event }) => event === 'step.progress');
    expect(JSON.stringify(progress)).toMatch(/"loss":/);
    expect(there.read('artifacts/p/one/logs/count@2.log')).toMatch(/job \d+(_\d+)? on [\s\S]*counted to 2/);
    expect(existsSync(there.path('artifacts/p/one/jobs'))).toBe(false);
    expect(slurm.command('squeue', '-h')).toBe('');
  });

  // Starts PyTorch a dozen times; that programs and segments run as they do here, the others say.
  it.skipIf(torch.skip || !runsSlowTests)('a model of the user’s on PyTorch, in segments', async () => {
    const model = `import torch
from torch import nn


class Averaged(nn.Module):
    def __init__(self, items, size):
        super().__init__()
        self.embedding = nn.Embedding(items + 1, size, padding_idx=items)
        self.output = nn.Linear(size, items)

    def forward(self, prefixes, lengths):
        return self.output(self.embedding(prefixes).sum(1) / lengths[:, None])
`;
    const own = '{ python: "averaged.py:Averaged", with: { size: 6 } }';
    const steps = `  interactions: { kind: data.synthetic, with: { users: 60, items: 30, repeats: true } }
  pairs: { kind: data.pairs, in: { interactions: interactions } }
  split: { kind: data.split, in: { pairs: pairs }, with: { train: 0.6, val: 0.2 } }
  episodes: { kind: data.episodes, in: { pairs: split }, with: { k: 3, q: 4 } }
  train:
    kind: maml.train
    in: { train: episodes.train }
    with: { model: ${own}, iterations: 4, checkpoint_interval: 2, meta_batch_size: 4, inner_steps: 1 }
  few_shot:
    kind: eval.few_shot
    over: { model: train.checkpoints }
    in: { episodes: episodes.val }
    with: { model: ${own}, steps: [0, 1], max_episodes: 6 }
`;
    const files = { 'averaged.py': model };
    const there = slurmProject(steps, files);
    const here = slurmProject(steps, files);
    for (const one of [there, here]) one.write('kshot.yaml', `${onSlurm}python: ${torch.python}\n`);
    const jobs = jobsIn(await runBoth(there, here));
    const training = jobs.filter(({ node }) => node.startsWith('train@'));
    expect(training.map(({ node }) => node)).toEqual(['train@2', 'train@4']);
    expect(new Set(training.map(({ job }) => job)).size).toBe(1);
    expect(there.read('artifacts/p/one/manifest.json')).toMatch(/"device": "[^"]*PyTorch 2/);
  });
});
