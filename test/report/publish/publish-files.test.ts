import { existsSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { withDatabase } from '../../../src/tables/database.js';
import { eventsOf, kshot, startKshot } from '../../support/kshot.js';
import { smallExperiment } from '../../support/small-experiment.js';
import { type Project, temporaryProject } from '../../support/temporary-project.js';

const published = `  summary:
    kind: summary
    in: { zero_shot: zero_shot, few_shot: few_shot }
    with: { baseline: zero_shot }
  results:
    kind: document
    in: { zero_shot: zero_shot.metrics, summary: summary.summary, ranks: few_shot.ranks, chosen: chosen.settings }
    with:
      content:
        notebook: small
        n_test_episodes: { from: ranks, count: episode_id }
        chosen_rate: { from: chosen, value: inner_lr }
        zero_shot: { from: zero_shot, where: { metric: [accuracy@1, recall@5, recall@10, mrr] }, by: metric }
        improvement: { from: summary, where: { model: few_shot, metric: mrr }, value: difference }
publish:
  best.chosen: models/best.safetensors
  meta_train.checkpoints: models/checkpoints/checkpoint_iter{label}.safetensors
  summary.summary: [results/summary.csv, results/summary.json, results/summary.md, results/summary.tex, results/summary.parquet]
  tune[inner_lr=0.1].metrics: results/tune.csv
  results.document: results/results.json
  run/report.json: reports/{tag}/report.json
  run/config.json: reports/{tag}/config.json
  run/manifest.json: reports/{tag}/manifest.json
  run/report.html: reports/report.html
  run/figures/results-summary.pdf: [paper/summary.pdf, paper/copy.pdf]
  run/figures/results-summary@6.9.pdf: paper/wide.pdf
`;

const pipeline = 'pipelines/small.yaml';

function project(more = published): Project {
  return temporaryProject({ files: { [pipeline]: smallExperiment + more } });
}

const json = (of: Project, file: string) => JSON.parse(of.read(file)) as Record<string, unknown>;

async function rowsOf(source: string) {
  return await withDatabase({ threads: 1 }, (database) => database.rows(`FROM ${source}`));
}

describe('files that a pipeline publishes', () => {
  it('are written in the form that their ending says, kept up to date, and never over what the user wrote', async () => {
    const small = project();
    const plan = await kshot(small, ['plan', pipeline]);
    expect(plan.stdout).toMatch(/^publish {2}best\.chosen +models\/best\.safetensors$/m);
    expect(plan.stdout).toContain('checkpoint_iter{label}.safetensors (2 files)');

    const first = await kshot(small, ['run', pipeline, '--tag', 'first']);
    expect(first.stderr).toContain('(17 written)');
    expect(first.exitCode).toBe(0);
    expect(readdirSync(small.path('models/checkpoints')).sort()).toEqual([
      'checkpoint_iter2.safetensors',
      'checkpoint_iter4.safetensors',
    ]);
    expect(readdirSync(small.path('reports/first')).sort()).toEqual([
      'config.json',
      'manifest.json',
      'report.json',
    ]);
    // What is published is the user's to change.
    expect(statSync(small.path('models/best.safetensors')).mode & 0o200).toBe(0o200);

    const whole = await rowsOf(`'${small.path('results/summary.parquet')}'`);
    expect(whole.length).toBe(8);
    const csv = await rowsOf(`read_csv('${small.path('results/summary.csv')}')`);
    expect(csv.map(({ model, metric, value }) => ({ model, metric, value }))).toEqual(
      whole.map(({ model, metric, value }) => ({ model, metric, value })),
    );
    const filled = Object.keys(whole[0] ?? {}).filter((name) => whole.some((row) => row[name] !== null));
    const shown = whole.map((row) => Object.fromEntries(filled.map((name) => [name, row[name]])));
    expect(JSON.parse(small.read('results/summary.json'))).toEqual(JSON.parse(JSON.stringify(shown)));
    const md = small.read('results/summary.md').trimEnd().split('\n');
    expect(md.length).toBe(2 + whole.length);
    expect(md[0]).toMatch(/^\| place \| model \|/);
    const tex = small.read('results/summary.tex');
    expect(tex.match(/\\\\$/gm)?.length).toBe(1 + whole.length);
    expect(tex).toMatch(/^\\begin\{tabular\}\{[lr]+\}\n\\hline\nplace & model &/);
    expect(tex).toContain('inner\\_lr');

    const pdf = (file: string) => readFileSync(small.path(file), 'latin1');
    const widthOf = (file: string) => Number(/\/MediaBox \[0 0 (\d+) /.exec(pdf(file))?.[1]);
    // In points: 3.3 inches, unless it says otherwise.
    expect([widthOf('paper/summary.pdf'), widthOf('paper/wide.pdf')]).toEqual([238, 497]);
    expect(pdf('paper/copy.pdf')).toBe(pdf('paper/summary.pdf'));
    await kshot(small, ['report', '--pdf', small.path('drawn')]);
    expect(pdf('paper/summary.pdf')).toBe(pdf('drawn/results-summary.pdf'));

    const results = json(small, 'results/results.json');
    expect(Object.keys(results)).toEqual([
      'notebook',
      'n_test_episodes',
      'chosen_rate',
      'zero_shot',
      'improvement',
    ]);
    const zeroShot = results['zero_shot'] as Record<string, number>;
    expect(Object.keys(zeroShot)).toEqual(['accuracy@1', 'recall@5', 'recall@10', 'mrr']);
    const cellOf = (model: string, metric: string, column: string) =>
      whole.find((row) => row['model'] === model && row['metric'] === metric)?.[column];
    expect(zeroShot['mrr']).toBeCloseTo(Number(cellOf('zero_shot', 'mrr', 'value')), 12);
    expect(results['improvement']).toBe(cellOf('few_shot', 'mrr', 'difference'));
    expect(results['n_test_episodes']).toBe(Number(cellOf('few_shot', 'mrr', 'n')) / 4);

    const report = json(small, 'reports/first/report.json');
    expect(small.read('reports/first/report.json')).toBe(small.read('artifacts/small/first/report.json'));
    expect(report['outputs']).toContainEqual({ path: 'models/best.safetensors', source: 'best.chosen' });
    expect(Object.keys(report['data_fingerprints'] as object)).toEqual(['fingerprint']);
    expect((report['key_findings'] as string[])[0]).toMatch(/^summary: zero_shot has accuracy@1 0\.\d{4}/);
    expect((report['metrics'] as unknown[]).length).toBeGreaterThan(0);
    expect(json(small, 'artifacts/small/first/published.json')['files']).toContainEqual(
      expect.objectContaining({
        path: 'results/summary.csv',
        node: 'summary',
        form: 'csv',
        outcome: 'written',
      }),
    );

    // All hits: what was deleted comes back, what was changed stays and is said.
    const csvText = small.read('results/summary.csv');
    rmSync(small.path('results/summary.csv'));
    rmSync(small.path('models/best.safetensors'));
    small.write('results/summary.md', 'my own words\n');
    const wide = pdf('paper/wide.pdf');
    rmSync(small.path('paper/wide.pdf'));
    const second = await kshot(small, ['run', pipeline, '--tag', 'second', '--json']);
    expect(second.exitCode).toBe(0);
    const end = eventsOf(second).at(-1);
    expect(end).toMatchObject({ event: 'run.finish', counts: { ran: 0 } });
    const outcomes = new Map(
      end?.event === 'run.finish' ? end.published?.map(({ path, outcome }) => [path, outcome]) : [],
    );
    expect(outcomes.get('results/summary.csv')).toBe('written');
    expect(outcomes.get('models/best.safetensors')).toBe('written');
    expect(outcomes.get('results/summary.md')).toBe('kept');
    expect(outcomes.get('results/summary.tex')).toBe('unchanged');
    expect(outcomes.get('reports/second/report.json')).toBe('written');
    expect(outcomes.get('paper/summary.pdf')).toBe('unchanged');
    expect(outcomes.get('paper/wide.pdf')).toBe('written');
    expect(pdf('paper/wide.pdf')).toBe(wide);
    expect(small.read('results/summary.csv')).toBe(csvText);
    expect(small.read('results/summary.md')).toBe('my own words\n');
    expect(second.stderr).toMatch(/small\.yaml:\d+:\d+: results\/summary\.md was kept as it is/);

    // A change of the experiment replaces kshot's own files only.
    const before = small.read('models/best.safetensors');
    const third = await kshot(small, ['run', pipeline, '--set', 'params.outer_lr=0.02']);
    expect(third.exitCode).toBe(0);
    expect(small.read('models/best.safetensors')).not.toBe(before);
    expect(small.read('results/summary.md')).toBe('my own words\n');
    rmSync(small.path('results/summary.md'));
    const printed = pdf('paper/wide.pdf');
    rmSync(small.path('paper/wide.pdf'));
    // The page of a run without a name that executed nothing is that of the earlier one.
    await kshot(small, ['run', pipeline, '--set', 'params.outer_lr=0.02']);
    expect(small.read('results/summary.md')).toMatch(/^\| place/);
    expect(pdf('paper/wide.pdf')).toBe(printed);
  });

  it('are those of the targets where a run has some, without the documents of the run', async () => {
    const small = project();
    await kshot(small, ['run', pipeline, 'best']);
    expect(existsSync(small.path('models/best.safetensors'))).toBe(true);
    expect(existsSync(small.path('results'))).toBe(false);
    expect(existsSync(small.path('reports'))).toBe(false);
  });
});

const values = (publish: string) => `version: 1
name: v
steps:
  a: { kind: command, with: { argv: [sh, -c, 'seq 1 200000 > out.txt'], outputs: { out: out.txt } } }
  bad: { kind: command, in: { a: a.out }, with: { argv: ['false'], outputs: { out: out.txt } } }
publish:
${publish}`;

describe('what was published by runs whose folders are gone', () => {
  it('is kshot’s still, and nothing else is', async () => {
    const step = (text: string) =>
      `version: 1\nname: v\nsteps:\n  a: { kind: command, with: { argv: [sh, -c, 'echo ${text} > out'], outputs: { out: out } } }\npublish: { a.out: [own.txt, mine.txt] }\n`;
    const project = temporaryProject({ files: { 'pipelines/v.yaml': step('one') } });
    await kshot(project, ['run']);
    rmSync(project.path('artifacts/v'), { recursive: true });
    const remembered = project.read('artifacts/published.json');
    expect((JSON.parse(remembered) as { files: unknown[] }[])[0]?.files).toHaveLength(2);
    project.write('mine.txt', 'mine\n');
    project.write('pipelines/v.yaml', step('two'));
    const second = await kshot(project, ['run']);
    expect(second.stderr).toContain('mine.txt was kept as it is');
    expect([project.read('own.txt'), project.read('mine.txt')]).toEqual(['two\n', 'mine\n']);
    // What is known already is not written again.
    const before = project.read('artifacts/published.json');
    await kshot(project, ['run']);
    expect(project.read('artifacts/published.json')).toBe(before);
  });
});

/** A list of three files, one of a step behind it and one that is the run's own. */
const sweep = (values: string, more = '  s.out: out/s.txt\n', last = 's') => `version: 1
name: v
steps:
  t: { kind: command, with: { argv: [sh, -c, 'test {x} != bad && echo {x} > out'], params: { x: a }, outputs: { out: out } }, matrix: { x: [${values}] } }
  s: { kind: command, in: { t: t.out }, with: { argv: [sh, -c, 'echo ${last} > out'], outputs: { out: out } } }
publish:
  t.out: out/{label}.txt
  run/config.json: 'out/{tag}.json'
${more}`;

describe('what an earlier run published', () => {
  const filesIn = (project: Project) => readdirSync(project.path('out')).sort();

  it('is removed where the pipeline makes it no more, unless somebody changed it or it bears a run’s name', async () => {
    const project = temporaryProject({
      files: { 'pipelines/v.yaml': sweep('a, b, c, d', '  s.out: [out/s.txt, out/old.txt]\n') },
    });
    await kshot(project, ['run', '--tag', 'first']);
    project.write('out/x=d.txt', 'mine\n');
    project.write('out/own.txt', 'mine\n');
    // Another pipeline, though of the same name, leaves what is not its own.
    project.write('pipelines/w.yaml', 'version: 1\nextends: v.yaml\npublish: null\n');
    await kshot(project, ['run', 'pipelines/w.yaml', '--tag', 'other']);
    expect(filesIn(project)).toContain('x=c.txt');
    rmSync(project.path('pipelines/w.yaml'));
    project.write('pipelines/v.yaml', sweep('a, b'));
    // What other targets would publish is still made, and was made from what is no longer.
    await kshot(project, ['run', '--tag', 'some', 't[x=a]']);
    expect(filesIn(project)).toEqual(expect.arrayContaining(['s.txt', 'x=c.txt']));
    const second = await kshot(project, ['run', '--tag', 'second', '--json']);
    expect(filesIn(project)).toEqual([
      'first.json',
      'own.txt',
      's.txt',
      'second.json',
      'x=a.txt',
      'x=b.txt',
      'x=d.txt',
    ]);
    const end = eventsOf(second).at(-1);
    const first = { outcome: 'removed', of: 'v/first' };
    const removed = end?.event === 'run.finish' ? end.published?.filter(({ of }) => of !== undefined) : [];
    expect(removed).toEqual(expect.arrayContaining([expect.objectContaining({ path: 'out/x=c.txt' })]));
    expect(removed?.every((one) => one.of === first.of && one.outcome === first.outcome)).toBe(true);
    // What the user puts there afterwards is the user's, whatever it holds.
    project.write('out/x=c.txt', 'c\n');
    await kshot(project, ['run']);
    expect(filesIn(project)).toContain('x=c.txt');
  });

  it('is said to be replaced where another pipeline publishes at the same path', async () => {
    const project = temporaryProject({ files: { 'pipelines/v.yaml': sweep('a') } });
    await kshot(project, ['run', 'pipelines/v.yaml', '--tag', 'first']);
    project.write('pipelines/w.yaml', sweep('a', undefined, 'other').replace('name: v', 'name: w'));
    const other = await kshot(project, ['run', 'pipelines/w.yaml']);
    expect(other.stderr).toMatch(/^replaced {2}out\/s\.txt \(of run v\/first: another pipeline publishes/m);
    const again = await kshot(project, ['run', 'pipelines/w.yaml']);
    expect(again.stderr).not.toContain('replaced');
  });

  it('is said to be of that run where another one failed, and nothing is removed', async () => {
    const project = temporaryProject({ files: { 'pipelines/v.yaml': sweep('a, b, c') } });
    await kshot(project, ['run', '--tag', 'first']);
    project.write('out/x=a.txt', 'mine\n');
    project.write('pipelines/v.yaml', sweep('a, b, bad', undefined, 'new'));
    const failed = await kshot(project, ['run', '--keep-going', '--quiet', '--tag', 'second']);
    expect(failed.exitCode).toBe(1);
    expect(filesIn(project)).toEqual(['first.json', 's.txt', 'x=a.txt', 'x=b.txt', 'x=c.txt']);
    // Cautions: they are said however little was to be said.
    expect(failed.stderr).toMatch(/^warning: out\/s\.txt, out\/x=c\.txt are still of run v\/first/m);
    expect(failed.stderr).toMatch(/v\.yaml:\d+:\d+: out\/x=a\.txt was kept as it is .*\(.*delete it/);
    const again = await kshot(project, ['run', '--keep-going', '--tag', 'third']);
    expect(again.stderr).toMatch(/^published out\/x=b\.txt \(1 unchanged\)$/m);
    expect(again.stderr).toMatch(/^kept {6}out\/x=a\.txt \(not as kshot wrote it: delete it to get/m);
    expect(again.stderr).toMatch(/^stale {5}out\/s\.txt, out\/x=c\.txt \(of run v\/first, not made anew\)$/m);
    project.write('pipelines/v.yaml', sweep('a, b', undefined, 'new'));
    const mended = await kshot(project, ['run']);
    expect(mended.stderr).toMatch(/^removed {3}out\/x=c\.txt \(of run v\/first, no longer made\)$/m);
    expect(mended.stderr).not.toContain('still of run');
    expect(project.read('out/s.txt')).toBe('new\n');
  });
});

describe('what cannot be published', () => {
  it('leaves what a failed step would have given as it was, and publishes the rest', async () => {
    const broken = temporaryProject({
      files: {
        'pipelines/v.yaml': values(
          '  a.out: out/a.txt\n  bad.out: out/bad.txt\n  run/report.json: out/report.json\n',
        ),
      },
    });
    const run = await kshot(broken, ['run']);
    expect(run.exitCode).toBe(1);
    expect(readdirSync(broken.path('out'))).toEqual(['a.txt']);
  });

  it('is never half a file, whenever the run is killed', async () => {
    const text = values('  a.out: [out/1.txt, out/2.txt, out/3.txt, out/4.txt, out/5.txt]\n').replace(
      / {2}bad:.*\n/,
      '',
    );
    const killed = temporaryProject({ files: { 'pipelines/v.yaml': text } });
    await kshot(killed, ['run']);
    const whole = killed.read('out/1.txt');
    for (let round = 0; round < 4; round++) {
      rmSync(killed.path('out'), { recursive: true, force: true });
      const running = startKshot(killed, ['run']);
      const ended = running.finished;
      // The moment differs from round to round: the first file, the second, the fourth, or none yet.
      for (
        let waited = 0;
        waited < 400 && !existsSync(killed.path(`out/${[1, 2, 4, 3][round]}.txt`));
        waited++
      ) {
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      running.process.kill('SIGKILL');
      await ended;
      for (const name of readdirSync(killed.path('out'))) {
        expect(name).toMatch(/^\d\.txt$/);
        expect(killed.read(`out/${name}`)).toBe(whole);
      }
    }
    const last = await kshot(killed, ['run']);
    expect(last.stderr).not.toContain('was kept');
    expect(readdirSync(killed.path('out')).length).toBe(5);
  });

  it('is a figure that the report does not have', async () => {
    const text = values('  run/figures/results.pdf: f.pdf\n').replace(/ {2}bad:.*\n/, '');
    const none = temporaryProject({ files: { 'pipelines/v.yaml': text } });
    const run = await kshot(none, ['run']);
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toMatch(/v\.yaml:\d+:\d+: .*the report of the run has no figure results$/m);
  });

  it('is no folder and no link in the place of the file', async () => {
    const text = values('  a.out: out/a.txt\n').replace(/ {2}bad:.*\n/, '');
    const odd = temporaryProject({
      files: { 'pipelines/v.yaml': text, 'mine.txt': 'mine\n', 'out/b.txt': '' },
    });
    symlinkSync('../mine.txt', odd.path('out/a.txt'));
    const run = await kshot(odd, ['run']);
    expect(run.exitCode).toBe(0);
    expect(run.stderr).toContain('out/a.txt was kept as it is');
    expect(odd.read('mine.txt')).toBe('mine\n');
  });

  it('is refused where a link leads out of the project', async () => {
    const text = values('  a.out: out/a.txt\n').replace(/ {2}bad:.*\n/, '');
    const outside = temporaryProject({});
    const linked = temporaryProject({ files: { 'pipelines/v.yaml': text } });
    symlinkSync(outside.root, linked.path('out'));
    const run = await kshot(linked, ['run']);
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toContain('leads outside the project by a link');
    expect(existsSync(outside.path('a.txt'))).toBe(false);
  });
});
