import { beforeAll, describe, expect, it } from 'vitest';
import { kshot } from '../support/kshot.js';
import { temporaryProject } from '../support/temporary-project.js';

const train = `
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
const { rate, seed = 1, folds, fails } = JSON.parse(readFileSync(process.env.KSHOT_PARAMS, 'utf8'));
appendFileSync(process.env.KSHOT_EVENTS, JSON.stringify({ step: 1, total: 1, unit: 'epoch', loss: rate }) + '\\n');
writeFileSync('model.txt', 'rate ' + rate + ', seed ' + seed);
writeFileSync('figure.svg', '<svg xmlns="http://www.w3.org/2000/svg"></svg>');
writeFileSync('table.csv', 'class,right\\n0,7\\n1,8\\n');
const rows = Array.from({ length: folds }, (_, fold) => ({
  metric: 'accuracy', value: rate === 3 ? NaN : (rate + folds) / 10 + seed / 100 + fold / 50, low: 0, high: 1, n: 300, fold,
}));
writeFileSync('metrics.json', JSON.stringify(rows).replaceAll('null', 'NaN'));
if (fails) process.exit(1);
`;

const program = `
      argv: [node, train.mjs]
      files: [train.mjs]
      params: { rate: 1, seed: 1, folds: 2, fails: false }`;

const pipeline = `
version: 1
name: plain
steps:
  data:
    kind: command
    with:
      shell: true
      argv: "echo 1 > a; echo 2 > b; echo 3 > c"
      outputs: { train: { path: a, role: train }, val: { path: b, role: val }, test: { path: c, role: test } }
  train:
    kind: command
    in: { train: data.train, val: data.val }
    matrix: { rate: [1, 2, 3], seed: [1, 2] }
    with:${program}
      outputs:
        model: model.txt
        metrics: { path: metrics.json, as: metrics }
        curve: { as: history }
        figure: { path: figure.svg, as: figure }
        table: { path: table.csv, as: table }
  best:
    kind: select
    in: { rows: train.metrics, candidates: train.model }
    with: { metric: accuracy, mode: max, settings: [rate], average: [seed, fold] }
  test:
    kind: command
    over: { model: best.chosen }
    in: { data: data.test }
    with:${program.replace(' seed: 1,', '')}
      outputs: { metrics: { path: metrics.json, as: metrics } }
  other:
    kind: command
    matrix: { seed: [1, 2] }
    with:${program}
      outputs: { metrics: { path: metrics.json, as: metrics } }
  summary: { kind: summary, in: { other: other.metrics, test: test.metrics }, with: { baseline: other, unit: seed } }
`;

/** Steps that are refused before anything runs, and steps that fail. */
const refused = `
  nothing: { in: { rows: data.train }, kind: select, with: { metric: accuracy, mode: max } }
  peeking: { in: { rows: test.metrics }, kind: select, with: { metric: accuracy, mode: max, average: [seed, fold] } }
  alone: { in: { train: train.metrics }, kind: summary, with: { baseline: trian } }`;
const failing = `
  metric: { in: { rows: train.metrics }, kind: select, with: { metric: acuracy, mode: max } }
  average: { in: { rows: train.metrics }, kind: select, with: { metric: accuracy, mode: max, average: [sed] } }
  broken:
    kind: command
    with:${program.replace('fails: false', 'fails: true')}
      outputs: { curve: { as: history }, metrics: { path: metrics.json, as: metrics } }`;
const extended = (name: string, steps: string) => `extends: plain.yaml\nname: ${name}\nsteps:${steps}\n`;

/** What an experiment without few-shot learning has no use for. */
const words =
  /episod|support|quer(?:y|ies)|few.?shot|zero.?shot|\busers?\b|adapt|meta.?learn|inner|drift|\bk\b/i;

describe('an experiment without any few-shot learning in it', () => {
  const project = temporaryProject({ files: { 'pipelines/plain.yaml': pipeline, 'train.mjs': train } });
  const said = async (...args: readonly string[]) => {
    const { stdout, stderr, exitCode } = await kshot(project, args);
    // A line at a time, so that one that has such a word is what is shown.
    const met = `${stdout}\n${stderr}`.split('\n').filter((line) => words.test(line));
    expect(met, args.join(' ')).toEqual([]);
    return { text: stdout + stderr, exitCode };
  };

  beforeAll(async () => {
    const { text, exitCode } = await said('run', '--tag', 'one');
    expect(exitCode, text).toBe(0);
    expect(text).toMatch(/left out: rows\[4\].*accuracy is no number, n = 300/);
  });

  const pageOf = (run: string) => {
    const page = project.read(`artifacts/${run}/report.html`);
    const shown = page.replaceAll(/<(script|style)[^>]*>.*?<\/\1>/gs, '').split(/<[^>]+>/);
    expect(shown.filter((text) => words.test(text))).toEqual([]);
    return shown;
  };

  it('meets no word of it in its page', () => {
    const text = pageOf('plain/one');
    expect(text.includes('tables/metrics.parquet')).toBe(true);
    expect(text.filter((one) => /tables\/(ranks|drift)/.test(one))).toEqual([]);
    for (const section of [
      'Results',
      'Training',
      'Settings',
      'Ablation',
      'From programs',
      'Steps',
    ] as const) {
      expect(text).toContain(section);
    }
  });

  it.each([[['results']], [['plan']], [['explain', 'best']]])('meets none in kshot %s', async (args) => {
    expect((await said(...args)).exitCode).toBe(0);
  });

  it('meets none where runs are compared, nor where one has no metrics', async () => {
    const set = ['--set', 'steps.train.with.params.folds=3', '--set', 'steps.train.matrix.rate=[1,2]'];
    await said('run', 'train', '--tag', 'two', '--quiet', ...set);
    const { text } = await said('diff', 'plain/one', 'plain/two');
    expect(text).toMatch(/^metric +differ +higher +lower +not distinguishable +without an interval$/m);
    expect(text).toMatch(/^node +role +fold +metric +before +after/m);
    expect(text).toContain('only in the second: train[rate=1,seed=1] fold 2; train[rate=1,seed=2] fold 2;');
    await said('run', 'data', '--tag', 'bare', '--quiet');
    expect((await said('results')).text).toContain('has no metrics');
  });

  it('meets none in what is refused, or fails', async () => {
    project.write('pipelines/refused.yaml', extended('refused', refused));
    expect((await said('run', 'pipelines/refused.yaml', '--quiet')).exitCode).toBe(3);
    project.write('pipelines/failing.yaml', extended('failing', failing));
    const { exitCode, text } = await said(
      'run',
      'pipelines/failing.yaml',
      '--keep-going',
      '--tag',
      'failing',
    );
    expect(exitCode).toBe(1);
    pageOf('failing/failing');
    expect(text).toMatch(/^failed +\d+ nodes: .* 3 failed/m);
  });
});
