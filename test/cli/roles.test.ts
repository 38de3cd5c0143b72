import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Dag } from '../../src/session/planning/fold-graph.js';
import { kshot } from '../support/kshot.js';
import { smallExperiment } from '../support/small-experiment.js';
import { type Project, temporaryProject } from '../support/temporary-project.js';

const file = 'pipelines/small.yaml';

/** The small experiment with more steps, in which SPLIT stands for the split that is looked at. */
function experiment(
  steps: string,
  split: 'val' | 'test',
  edit: (text: string) => string = (text) => text,
): Project {
  return temporaryProject({ files: { [file]: (edit(smallExperiment) + steps).replaceAll('SPLIT', split) } });
}

const sweep = `  on_split:
    kind: eval.few_shot
    in: { model: meta_train.model, episodes: episodes.SPLIT }
    with: { steps: [1] }
    matrix: { inner_lr: [0.01, 0.1] }
`;

/** Ways to let the test split decide something, each refused; the same on val passes. */
const leaks: readonly (readonly [name: string, step: string, make: (split: 'val' | 'test') => Project])[] = [
  [
    'a select on its metrics',
    'picked',
    (split) =>
      experiment(
        `${sweep}  picked: { kind: select, in: { rows: on_split }, with: { metric: mrr, settings: [inner_lr] } }\n`,
        split,
      ),
  ],
  [
    'a checkpoint chosen by its episodes',
    'best',
    (split) =>
      experiment('', split, (text) =>
        text.replace(
          'episodes: episodes.val }\n    with: { inner_lr',
          'episodes: episodes.SPLIT }\n    with: { inner_lr',
        ),
      ),
  ],
  [
    'a command that chooses',
    'judge',
    (split) =>
      experiment(
        `${sweep}  judge:
    kind: command
    in: { rows: on_split }
    with: { argv: [sh, -c, "ls > out"], outputs: { out: out }, chooses: true }
`,
        split,
      ),
  ],
  [
    'a winner picked on it and fed back through two other steps',
    'picked',
    (split) =>
      experiment(
        `${sweep}  shuffled: { kind: command, in: { rows: on_split }, with: { argv: [sh, -c, "ls > out"], outputs: { out: out } } }
  again: { kind: command, in: { out: shuffled.out }, with: { argv: [sh, -c, "cat out > seen"], outputs: { seen: seen } } }
  picked: { kind: command, in: { seen: again.seen }, with: { argv: [sh, -c, "cat seen > last"], outputs: { last: last }, chooses: true } }
`,
        split,
      ),
  ],
  [
    'training on its episodes',
    'meta_train',
    (split) =>
      experiment('', split, (text) =>
        text.replace('in: { train: episodes.train }', 'in: { train: episodes.SPLIT }'),
      ),
  ],
];

describe('the guard against learning from and choosing by test data', () => {
  it.each(leaks)('refuses %s, in step %s, before anything runs', async (_, step, make) => {
    const refused = make('test');
    const { exitCode, stderr } = await kshot(refused, ['run', file]);
    expect(exitCode, stderr).toBe(3);
    expect(stderr).toContain(step);
    // The path that the data took begins where the split was made.
    expect(stderr).toMatch(/split\.test|episodes\.test/);
    expect(existsSync(refused.path('cache'))).toBe(false);

    const allowed = make('val');
    const planned = await kshot(allowed, ['plan', file]);
    expect(planned.exitCode, planned.stderr).toBe(0);
  });

  it('lets a waived step through, and the graph says so', async () => {
    const waived = experiment(
      `${sweep}  picked: { kind: select, in: { rows: on_split }, with: { metric: mrr, settings: [inner_lr] } }
waive: [{ step: picked, reason: an upper bound for the paper }]
`,
      'test',
    );
    const { exitCode, stdout, stderr } = await kshot(waived, ['dag', file]);
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toContain('an upper bound for the paper');
  });
});

describe('looks at the test set', () => {
  it('are counted in the report, over all runs and once for each key', async () => {
    const project = temporaryProject({ files: { [file]: smallExperiment } });
    const looks = async (tag: string, ...more: readonly string[]) => {
      const { exitCode, stderr } = await kshot(project, ['run', file, '--tag', tag, ...more]);
      expect(exitCode, stderr).toBe(0);
      const report = JSON.parse(project.read(`artifacts/small/${tag}/report.json`));
      return report.test_sets.map(({ evaluations }: { evaluations: number }) => evaluations);
    };
    expect(await looks('first')).toEqual([2]);
    expect(await looks('same')).toEqual([2]);
    // Another start of training: both models that are tested are others.
    expect(await looks('other', '--set', 'params.outer_lr=0.03')).toEqual([4]);
  });
});

describe('kshot dag', () => {
  const project = temporaryProject({ files: { [file]: smallExperiment } });

  it('shows what flows between steps and which splits it was computed from', async () => {
    const { exitCode, stdout } = await kshot(project, ['dag', file, '--json']);
    expect(exitCode).toBe(0);
    const dag = JSON.parse(stdout);
    expect(dag.steps.find(({ step }: { step: string }) => step === 'validate')).toMatchObject({
      kind: 'eval.few_shot',
      nodes: 2,
      outputs: { metrics: ['train', 'val'] },
    });
    expect(dag.edges).toContainEqual({
      from: 'episodes',
      to: 'few_shot',
      input: 'episodes',
      roles: ['test'],
    });
    expect(dag.edges).toContainEqual({
      from: 'chosen',
      to: 'few_shot',
      input: 'settings',
      roles: ['train', 'val'],
    });
  });

  it('draws the same graph as text, for Mermaid and for Graphviz', async () => {
    const text = await kshot(project, ['dag', file]);
    expect(text.stdout).toMatch(/few_shot .*episodes <- episodes\[test\]/);
    const mermaid = await kshot(project, ['dag', file, '--format', 'mermaid']);
    expect(mermaid.stdout).toMatch(/^flowchart TD\n/);
    const dot = await kshot(project, ['dag', file, '--format', 'dot']);
    expect(dot.stdout).toContain('"episodes" -> "few_shot" [label="episodes [test]"];');
    expect(mermaid.stdout.match(/-->/g)?.length).toBe(dot.stdout.match(/->/g)?.length);
  });

  it('writes Mermaid of which every line is a node or an edge between two, with nothing unquoted', async () => {
    const { stdout } = await kshot(project, ['dag', file, '--format', 'mermaid']);
    const [head, ...lines] = stdout.trimEnd().split('\n');
    expect(head).toBe('flowchart TD');
    const nodes = lines.flatMap((line) => /^ {2}(step\d+)\["[^"\]]+<br\/>[^"\]]+"\]$/.exec(line)?.[1] ?? []);
    const edges = lines.flatMap((line) => {
      const [, from, to] = /^ {2}(step\d+) -->\|"[^"|]+"\| (step\d+)$/.exec(line) ?? [];
      return from === undefined || to === undefined ? [] : [[from, to]];
    });
    expect(nodes.length + edges.length).toBe(lines.length);
    expect([...new Set(nodes)]).toEqual(nodes);
    expect(edges.flat().filter((name) => !nodes.includes(name))).toEqual([]);
  });

  const noDot = spawnSync('dot', ['-V']).status === 0 ? undefined : 'Graphviz is not installed';
  it.skipIf(noDot !== undefined)(
    `writes what Graphviz reads: the same steps and edges${noDot === undefined ? '' : ` (skipped: ${noDot})`}`,
    async () => {
      const { stdout } = await kshot(project, ['dag', file, '--format', 'dot']);
      const drawn = spawnSync('dot', ['-Tjson0'], { input: stdout, encoding: 'utf8' });
      expect([drawn.status, drawn.stderr]).toEqual([0, '']);
      const graph = JSON.parse(drawn.stdout) as {
        name: string;
        objects: { name: string }[];
        edges: { tail: number; head: number; label: string }[];
      };
      const dag = JSON.parse((await kshot(project, ['dag', file, '--json'])).stdout) as Dag;
      expect(graph.name).toBe(dag.pipeline);
      expect(graph.objects.map(({ name }) => name)).toEqual(dag.steps.map(({ step }) => step));
      const nameOf = (index: number) => graph.objects[index]?.name;
      const edges = graph.edges.map(({ tail, head, label }) => [
        nameOf(tail),
        nameOf(head),
        label.split(' ')[0],
      ]);
      expect(edges).toEqual(
        expect.arrayContaining(dag.edges.map(({ from, to, input }) => [from, to, input])),
      );
      expect(edges).toHaveLength(dag.edges.length);
    },
  );

  it('needs no data to be there', async () => {
    const missing = temporaryProject({
      files: {
        'pipelines/a.yaml':
          'version: 1\nname: a\nsteps:\n  i: { kind: data.import, with: { path: nowhere.csv } }\n',
      },
    });
    expect((await kshot(missing, ['dag'])).exitCode).toBe(0);
    expect((await kshot(missing, ['plan'])).exitCode).toBe(2);
  });
});
