import { spawnSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { loadPipeline } from '../../../src/pipeline/load-pipeline.js';
import { readCodeDigests } from '../../../src/pipeline/plan/code-digests.js';
import { countStates } from '../../../src/pipeline/plan/count-states.js';
import { makePlan } from '../../../src/pipeline/plan/make-plan.js';
import { openStore } from '../../../src/store/local/open-store.js';
import { eventsOf, kshot, nodesByOutcome } from '../../support/kshot.js';
import { type Project, temporaryProject } from '../../support/temporary-project.js';

const python = spawnSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' });
const hasPython = python.status === 0;
if (!hasPython) console.warn('skipping programs in Python: there is no python3');

const train = `import argparse, json, os, sys
from pkg.net import double

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float)
parser.add_argument("--seed", type=int)
parser.add_argument("--amp", action=argparse.BooleanOptionalAction)
parser.add_argument("--optim", type=json.loads)
parser.add_argument("--shift", type=float)
parser.add_argument("--note")
flags = vars(parser.parse_args())
with open(os.environ["KSHOT_PARAMS"]) as file:
    params = json.load(file)
assert {**flags, "none": None} == params, (flags, params)
print(hash("text"), sys.flags.dont_write_bytecode)
with open("out.json", "w") as file:
    json.dump({"lr": params["lr"], "wd": params["optim"]["wd"], "twice": double(params["lr"])}, file)
`;

const pipeline = `version: 1
name: sweep
steps:
  train:
    kind: python
    with:
      script: scripts/../train.py
      params: { lr: 0.01, seed: 1, amp: false, optim: { wd: 1.0e-7, name: adam }, shift: -1e-7, note: "a b", none: null }
      outputs: { out: out.json }
    matrix: { lr: [0.01, 0.03], optim.wd: [0, 1.0e-7] }
  extra: { kind: value, with: { n: 1, m: 2 } }
  interactions: { kind: data.synthetic, with: { users: 60, items: 40, repeats: true } }
  pairs: { kind: data.pairs, in: { interactions: interactions } }
  split: { kind: data.split, in: { pairs: pairs }, with: { train: 0.6, val: 0.2 } }
  episodes: { kind: data.episodes, in: { pairs: split }, with: { k: 3, q: 4 } }
  scores: { kind: baseline.random, in: { episodes: episodes.val }, matrix: { seed: [5] } }
  best: { kind: select, in: { rows: scores }, with: { metric: mrr, settings: [seed] } }
  chosen:
    kind: python
    in: { settings: best.settings }
    with:
      module: pkg.show
      params: { seed: 1, name: none }
      args: ["--seed={seed}", "{{seed}}", "{other}", "{name}"]
      outputs: { out: out.txt }
`;

const files = {
  'train.py': train,
  'pkg/__init__.py': '',
  'pkg/net.py': 'def double(x):\n    return 2 * x\n',
  'pkg/show.py': 'import sys\nopen("out.txt", "w").write(" ".join(sys.argv[1:]))\nprint(sys.argv[1:])\n',
  'pipelines/sweep.yaml': pipeline,
};

describe.runIf(hasPython)('a python step', () => {
  let project: Project;
  let outcome: Awaited<ReturnType<typeof kshot>>;
  const rows = async (sql: string) =>
    JSON.parse((await kshot(project, ['sql', '--format', 'json', sql])).stdout) as unknown;
  const load = (sets: readonly string[] = []) =>
    loadPipeline({ root: project.root, file: 'pipelines/sweep.yaml', sets });

  beforeAll(async () => {
    project = temporaryProject({ files });
    outcome = await kshot(project, ['run', '--json']);
  });

  it('gets its params as a file, as flags and in words, and what was chosen over their defaults', async () => {
    expect([outcome.exitCode, outcome.stderr]).toEqual([0, expect.anything()]);
    const ran = nodesByOutcome(eventsOf(outcome))['ran'] ?? [];
    expect(ran.filter((node) => node.startsWith('train'))).toEqual([
      'train[lr=0.01,optim.wd=0]',
      'train[lr=0.01,optim.wd=1e-7]',
      'train[lr=0.03,optim.wd=0]',
      'train[lr=0.03,optim.wd=1e-7]',
    ]);
    const log = (await kshot(project, ['logs', 'chosen'])).stdout;
    expect(log).toContain("$ python3 -m pkg.show --seed=5 '{seed}' '{other}' none\n");
  });

  it('has its params in SQL, under their own names, with what was chosen', async () => {
    expect(
      await rows(
        "SELECT node, name, number FROM latest_params WHERE name IN ('lr', 'optim.wd', 'seed') AND step IN ('chosen', 'train') ORDER BY ALL LIMIT 3",
      ),
    ).toEqual([
      { node: 'chosen', name: 'seed', number: 5 },
      { node: 'train[lr=0.01,optim.wd=0]', name: 'lr', number: 0.01 },
      { node: 'train[lr=0.01,optim.wd=0]', name: 'optim.wd', number: 0 },
    ]);
  });

  it('is swept and set from the command line by names that it declares, and by no other', async () => {
    const idsWith = async (...sets: readonly string[]) => {
      const graph = await load(sets);
      return graph.ok
        ? graph.value.nodes.flatMap(({ id, step }) => (step === 'train' ? [id] : []))
        : graph.failure;
    };
    expect(await idsWith('steps.train.matrix.seed=[1,2]', 'steps.train.matrix.lr=[3]')).toEqual([
      'train[lr=3,optim.wd=0,seed=1]',
      'train[lr=3,optim.wd=0,seed=2]',
      'train[lr=3,optim.wd=1e-7,seed=1]',
      'train[lr=3,optim.wd=1e-7,seed=2]',
    ]);
    // A sweep takes the place of the one value that a parameter has.
    const swept = await load(['steps.extra.matrix.n=[1,2]']);
    const extra = swept.ok ? swept.value.nodes.filter(({ step }) => step === 'extra') : [];
    expect(extra.map(({ id, parameters }) => [id, parameters])).toEqual([
      ['extra[n=1]', { m: 2, n: 1 }],
      ['extra[n=2]', { m: 2, n: 2 }],
    ]);
    expect(
      await idsWith(
        'steps.train.with.params.sed=1',
        'steps.train.matrix.optim.wdd=[1]',
        'steps.train.matrix.script=[x.py]',
        'steps.train.with.params.lr=1',
        'steps.train.with.args=["{lrr}"]',
        'steps.chosen.with.module=pkg.shwo',
      ),
    ).toMatchObject([
      { hint: 'did you mean steps.train.with.params.seed?' },
      { hint: 'did you mean steps.train.matrix.optim.wd?' },
      { message: 'there is no steps.train.matrix.script' },
      { reason: 'setting-twice', hint: 'write --set steps.train.matrix.lr=[1]' },
      { hint: 'did you mean lr?' },
      { hint: 'did you mean pkg/show.py?', location: { file: '--set', column: 26 } },
    ]);
  });

  it('runs again for an edit of a module that it imports or another Python, and else is a hit', async () => {
    const statesOf = async () => {
      const graph = await load();
      const store = await openStore(project.path('cache'));
      const plan = graph.ok ? await makePlan(graph.value, store, readCodeDigests()) : undefined;
      return plan?.ok
        ? countStates(plan.value.nodes.filter(({ node }) => node.kind === 'python'))
        : undefined;
    };
    for (const name of ['venv/pyvenv.cfg', 'venv/lib/x.py', '.hidden/y.py']) project.write(name, '');
    expect(await statesOf()).toEqual({ run: 0, hit: 5, depends: 0 });
    // Another version, by what it says of itself.
    project.write(
      'bin/python3',
      `#!/bin/sh\ncase "$*" in *platform*) echo CPython 9.9.9 ;; *) exec ${python.stdout.trim()} "$@" ;; esac\n`,
    );
    chmodSync(project.path('bin/python3'), 0o755);
    vi.stubEnv('PATH', `${project.path('bin')}:${process.env['PATH']}`);
    expect(await statesOf()).toEqual({ run: 5, hit: 0, depends: 0 });
    vi.unstubAllEnvs();
    project.edit('pkg/net.py', '2 * x', 'x + x');
    // One step does not import it.
    expect(await statesOf()).toEqual({ run: 4, hit: 1, depends: 0 });
  });

  it('that does not know one of its params fails with argparse’s word and ours', async () => {
    project.edit('pipelines/sweep.yaml', 'note: "a b", none: null', 'note: "a b", mode: 3');
    const failed = await kshot(project, ['run', 'train[lr=0.01,optim.wd=0]']);
    expect(failed.exitCode).toBe(1);
    expect(failed.stderr).toContain('unrecognized arguments: --mode 3');
    expect(failed.stderr).toContain('the names under params: lr, seed, amp, optim, shift, note, mode');
  });
});
