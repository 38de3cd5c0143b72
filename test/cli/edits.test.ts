import { readdirSync, readFileSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type EditedBuild, editedBuild } from '../support/edited-build.js';
import { eventsOf, kshot, mainFile, nodesByOutcome } from '../support/kshot.js';
import { slowTest } from '../support/slow-tests.js';
import { smallExperiment } from '../support/small-experiment.js';
import { type Project, temporaryProject } from '../support/temporary-project.js';

const file = 'pipelines/small.yaml';

/** Runs the project and says which nodes were computed; everything must have ended well. */
async function ran(project: Project, ...args: readonly string[]): Promise<readonly string[]> {
  return await ranBy(undefined, project, ...args);
}

async function ranBy(main: string | undefined, project: Project, ...args: readonly string[]) {
  const target = args.some((arg) => arg.endsWith('.yaml')) ? args : [file, ...args];
  const finished = await kshot(project, ['run', ...target, '--json'], main === undefined ? {} : { main });
  expect(finished.stderr + finished.stdout.slice(-2000)).not.toMatch(/"outcome":"failed"/);
  expect(finished.exitCode, finished.stderr).toBe(0);
  return nodesByOutcome(eventsOf(finished))['ran'] ?? [];
}

/** All that the latest run measured. */
async function metricsOf(project: Project): Promise<readonly { readonly metric: string }[]> {
  const query = 'SELECT * EXCLUDE (run) FROM latest_metrics ORDER BY node, k, steps, inner_lr, metric';
  const finished = await kshot(project, ['sql', query, '--format', 'json']);
  expect(finished.exitCode, finished.stderr).toBe(0);
  return JSON.parse(finished.stdout) as { metric: string }[];
}

const everythingOfTraining = [
  'best',
  'chosen',
  'few_shot',
  'few_shot/metrics',
  'meta_train@2',
  'meta_train@4',
  'tune[inner_lr=0.01]',
  'tune[inner_lr=0.01]/metrics',
  'tune[inner_lr=0.1]',
  'tune[inner_lr=0.1]/metrics',
  'validate@2',
  'validate@2/metrics',
  'validate@4',
  'validate@4/metrics',
  'zero_shot',
  'zero_shot/metrics',
];

describe('what an edit of the pipeline re-runs', () => {
  let project: Project;

  beforeAll(async () => {
    project = temporaryProject({ files: { [file]: smallExperiment } });
    expect(await ran(project)).toEqual(
      [...everythingOfTraining, 'episodes', 'fingerprint', 'interactions', 'pairs', 'split'].sort(),
    );
  });

  it('nothing, when nothing changed', async () => {
    expect(await ran(project)).toEqual([]);
  });

  it('nothing, for a comment and another order of keys', async () => {
    const reordered = smallExperiment
      .replace(
        'inner_lr: 0.05\n      outer_lr: "${params.outer_lr}"',
        'outer_lr: "${params.outer_lr}"\n      inner_lr: 0.05',
      )
      .replace('steps:\n', '# a comment\nsteps:\n');
    expect(reordered).not.toBe(smallExperiment);
    project.write('pipelines/reordered.yaml', reordered);
    expect(await ran(project, 'pipelines/reordered.yaml')).toEqual([]);
  });

  it('is explained before the inputs are known, and a new segment by the one before it', async () => {
    const explained = async (set: string) =>
      (await kshot(project, ['explain', 'meta_train', file, '--set', set])).stdout.replace(
        /small\/\S+:/g,
        'R:',
      );
    const seed = 'params.seed=8';
    expect(await explained(seed)).toContain(
      'meta_train@2: depends\n  compared with run R:\n    with.seed 7 -> 8\n' +
        '  inputs may change too: its key is known once these have run: episodes\n',
    );
    expect((await kshot(project, ['plan', file, '--set', seed])).stdout).toMatch(
      /^depends +meta_train +2 nodes +with\.seed 7 -> 8$/m,
    );
    const longer = await explained('params.iterations=8');
    expect(longer).toMatch(
      /meta_train@6: run, key \w+\n {2}new: no run .*\n {2}compared with meta_train@4 of run R:\n {4}with\.start 2 -> 4\n {4}with\.end 4 -> 6\n/,
    );
    expect(longer).toMatch(/meta_train@8: depends\n {2}new: .*\n {2}compared with meta_train@4 of run R:/);
  });

  it('training and what comes after it, for outer_lr', async () => {
    // What follows is computed again only where its inputs came out otherwise, as they do for another learning rate.
    const nodes = await ran(project, '--set', 'params.outer_lr=0.02');
    expect(nodes).toEqual(
      expect.arrayContaining(['meta_train@2', 'meta_train@4', 'validate@2', 'validate@4', 'best']),
    );
    expect(nodes).toEqual(nodes.filter((node) => everythingOfTraining.includes(node)));
  });

  it('only the new segments and what depends on them, for more iterations', async () => {
    const nodes = await ran(project, '--set', 'params.iterations=8');
    expect(nodes).toEqual(
      expect.arrayContaining(['best', 'meta_train@6', 'meta_train@8', 'validate@6', 'validate@8']),
    );
    for (const kept of ['meta_train@2', 'meta_train@4', 'validate@2', 'validate@4', 'episodes']) {
      expect(nodes).not.toContain(kept);
    }
  });

  it('one node, for one value more in a sweep', async () => {
    project.write(
      'pipelines/sweep.yaml',
      smallExperiment.replace('inner_lr: [0.01, 0.1]', 'inner_lr: [0.01, 0.03, 0.1]'),
    );
    const nodes = await ran(project, 'pipelines/sweep.yaml', 'tune');
    expect(nodes).toEqual(['tune[inner_lr=0.03]', 'tune[inner_lr=0.03]/metrics']);
  });

  it('no training, for another max_episodes of validate', async () => {
    project.write('pipelines/episodes.yaml', smallExperiment.replace('max_episodes: 5', 'max_episodes: 7'));
    const nodes = await ran(project, 'pipelines/episodes.yaml');
    expect(nodes).toEqual(expect.arrayContaining(['validate@2', 'validate@4']));
    expect(nodes.filter((node) => node.startsWith('meta_train'))).toEqual([]);
  });

  it('no training, for other validation data', async () => {
    // The same users in another proportion: train stays 0.6, so train's bytes stay; val gives some to test.
    project.write('pipelines/val.yaml', smallExperiment.replace('val: 0.2', 'val: 0.3'));
    const nodes = await ran(project, 'pipelines/val.yaml');
    expect(nodes).toEqual(expect.arrayContaining(['split', 'episodes', 'validate@2', 'validate@4']));
    expect(nodes.filter((node) => node.startsWith('meta_train'))).toEqual([]);
  });

  it('stops where a step comes out the same', async () => {
    const command = (script: string) => `version: 1
name: cut
steps:
  make: { kind: command, with: { argv: [sh, -c, "${script}"], outputs: { out: out.txt } } }
  use: { kind: command, in: { made: make.out }, with: { argv: [sh, -c, "cat made > seen.txt"], outputs: { seen: seen.txt } } }
`;
    project.write('pipelines/cut.yaml', command('echo 4 > out.txt'));
    expect(await ran(project, 'pipelines/cut.yaml')).toEqual(['make', 'use']);
    project.write('pipelines/cut.yaml', command('echo $((2 + 2)) > out.txt'));
    expect(await ran(project, 'pipelines/cut.yaml')).toEqual(['make']);
  });
});

describe('what an edit of a file re-runs', () => {
  const interactions = Array.from(
    { length: 400 },
    (_, row) => `${row % 8},${(row * 7) % 13},${1000 + row * 60}`,
  );
  const pipeline = `version: 1
name: files
steps:
  interactions: { kind: data.import, with: { path: events.csv, format: csv } }
  pairs: { kind: data.pairs, in: { interactions: interactions } }
  constant: { kind: value, with: { value: 1 } }
`;
  const csv = (rows: readonly string[]) => `user_id,item_id,timestamp\n${rows.join('\n')}\n`;

  it('nothing, for a file touched but not changed; what depends on it, for one byte', async () => {
    const project = temporaryProject({
      files: { 'pipelines/files.yaml': pipeline, 'events.csv': csv(interactions) },
    });
    expect(await ran(project, 'pipelines/files.yaml')).toEqual(['constant', 'interactions', 'pairs']);

    const later = new Date(Date.now() + 60_000);
    utimesSync(project.path('events.csv'), later, later);
    expect(await ran(project, 'pipelines/files.yaml')).toEqual([]);

    project.edit('events.csv', '\n3,8,1180\n', '\n3,9,1180\n');
    expect(await ran(project, 'pipelines/files.yaml')).toEqual(['interactions', 'pairs']);
  });

  it("a command's step, for an edit of its script", async () => {
    const project = temporaryProject({
      files: {
        'pipelines/script.yaml': `version: 1
name: script
steps:
  other: { kind: value, with: { value: 1 } }
  made:
    kind: command
    with: { argv: [sh, scripts/make.sh], files: [scripts/make.sh], outputs: { out: out.txt } }
`,
        'scripts/make.sh': 'echo one > out.txt\n',
      },
    });
    expect(await ran(project, 'pipelines/script.yaml')).toEqual(['made', 'other']);
    expect(await ran(project, 'pipelines/script.yaml')).toEqual([]);
    project.write('scripts/make.sh', 'echo two > out.txt\n');
    expect(await ran(project, 'pipelines/script.yaml')).toEqual(['made']);
  });
});

describe("what an edit of kshot's own code re-runs", () => {
  let project: Project;
  let build: EditedBuild;
  beforeAll(async () => {
    project = temporaryProject({ files: { [file]: smallExperiment } });
    build = editedBuild();
    await ranBy(build.main, project);
  });
  afterEach(() => build.restore());

  it('the steps that the edited module can act on, and no others', async () => {
    const ranAfter = async (edits: { readonly [source: string]: string }) => {
      for (const [source, text] of Object.entries(edits)) build.append(source, text);
      build.rebuild();
      const nodes = await ranBy(build.main, project);
      build.restore();
      return nodes;
    };
    const mark = 'export const mark = 1;';
    expect(await ranBy(build.main, project)).toEqual([]);

    // Each edit leaves every output as it was, so the wave stops at the steps of the edited code. Edits that reach
    // different steps are made at once.
    const sql = readdirSync(join(build.main, '../../kinds/data')).find((name) =>
      /^data-pairs.*\.sql$/.test(name),
    );
    expect(
      await ranAfter({
        'src/kinds/choose/select-body.ts': mark,
        'src/learning/adam.ts': mark,
        [`src/kinds/data/${sql}`]: '-- a comment',
      }),
      "a kind's body, a module that a kind loads lazily, a SQL file that a kind names",
    ).toEqual(['best', 'chosen', 'meta_train@2', 'meta_train@4', 'pairs']);
    expect(
      await ranAfter({ 'src/ui/plain-lines.ts': mark, 'src/learning/adam.ts': '// only a comment' }),
      'the user interface, and a comment',
    ).toEqual([]);
    expect(await ranAfter({ 'src/engines/reference/reference-engine.ts': mark }), 'an engine').toEqual([
      'few_shot',
      'meta_train@2',
      'meta_train@4',
      'tune[inner_lr=0.01]',
      'tune[inner_lr=0.1]',
      'validate@2',
      'validate@4',
      'zero_shot',
    ]);
  });

  it('what is derived from ranks and what reads that, for another metric: no training and no adaptation', async () => {
    const before = await metricsOf(project);
    build.replace({
      'src/statistics/metrics.ts': [
        "  { name: 'map@10',",
        "  { name: 'hit@3', gain: hit(3), better: 'higher', inSummary: false, essential: false },\n  { name: 'map@10',",
      ],
    });
    build.rebuild();
    const plan = await kshot(project, ['plan', file], { main: build.main });
    expect(plan.stdout).toMatch(
      /^run +validate\/metrics +2 nodes +code of metrics changed: src\/statistics\/metrics$/m,
    );
    expect(plan.stdout).toMatch(/^hit +validate +2 nodes$/m);
    expect(plan.stdout).toMatch(/^21 nodes, 6 derived: 2 run \+ 9 hit \+ 10 depends$/m);
    expect(await ranBy(build.main, project)).toEqual(
      [...everythingOfTraining.filter((node) => node.endsWith('/metrics')), 'best', 'chosen'].sort(),
    );
    const after = await metricsOf(project);
    expect(after.filter(({ metric }) => metric !== 'hit@3')).toEqual(before);
    expect(after.length).toBeGreaterThan(before.length);
  });

  // Two builds and runs, a minute and a half; the test of code digests holds most of it.
  slowTest(
    'nothing, for what only planning reads of a kind, and for the default of what is written out',
    async () => {
      build.replace({
        'src/kinds/train/maml-train.ts': ['default: 0.05', 'default: 0.06'],
        'src/kinds/evaluate/eval-few-shot.ts': ['maximum: 10_000', 'maximum: 9_000'],
        'src/kinds/data/data-split.ts': ['more than 1', 'above 1'],
        'src/kinds/choose/select.ts': ['Which of the winner’s names', 'Those of the winner’s names'],
        'src/kinds/train/optimizer-parameters.ts': ['What moves the parameters', 'How parameters are moved'],
      });
      build.rebuild();
      const digests = (main: string) => readFileSync(join(main, '../../code-digests.json'), 'utf8');
      expect(digests(build.main)).toBe(digests(mainFile));
      expect(await ranBy(build.main, project)).toEqual([]);
      build.replace({ 'src/kinds/train/maml-train.ts': ['default: 10,', 'default: 1e-9,'] });
      build.rebuild();
      expect(await ranBy(build.main, project), 'a default that is not written out').toContain('meta_train@2');
    },
  );
});
