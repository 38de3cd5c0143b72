import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { kshot } from '../support/kshot.js';
import { temporaryProject } from '../support/temporary-project.js';

const script = `
import { readFileSync, writeFileSync } from 'node:fs';
const { rate, seed } = JSON.parse(readFileSync(process.env.KSHOT_PARAMS, 'utf8'));
const diverged = rate === 2 && seed === 2;
writeFileSync('metrics.json', '{"loss": ' + (diverged ? 'NaN' : 1 / rate + seed / 100) + '}');
`;

const pipeline = `
version: 1
name: short
steps:
  train:
    kind: command
    matrix: { rate: [1, 2], seed: [1, 2, 3] }
    with:
      argv: [node, train.mjs]
      files: [train.mjs]
      params: { rate: 1, seed: 1 }
      outputs: { metrics: { path: metrics.json, as: metrics } }
  best:
    kind: select
    in: { rows: train.metrics }
    with: { metric: loss, mode: min, settings: [rate], average: [seed] }
  summary: { kind: summary, in: { two: 'train[rate=2].metrics', one: 'train[rate=1].metrics' }, with: { baseline: one } }
  tuned:
    kind: command
    in: { settings: best.settings }
    with:
      argv: [node, train.mjs]
      files: [train.mjs]
      params: { rate: 1, seed: 1 }
      outputs: { metrics: { path: metrics.json, as: metrics } }
  beside: { kind: summary, in: { tuned: tuned.metrics, one: 'train[rate=1,seed=1].metrics' }, with: { baseline: one } }
`;

const cautions = [
  'best: its value is the mean of 2 of 3; the others have none',
  'best: left out: rows[4], rate 2, seed 2: loss is no number',
  'best: rate 2 is the largest of 1, 2: larger ones may be better, so add some',
  'summary: loss of two is over 2 of 3 seeds; in the others it was not measured or is no number',
  'train[rate=2,seed=2]: loss is NaN, and no number',
];

describe('a mean over fewer than there are', () => {
  const project = temporaryProject({ files: { 'pipelines/short.yaml': pipeline, 'train.mjs': script } });
  const run = async (tag: string) => await kshot(project, ['run', '--quiet', '--tag', tag]);
  let first = '';
  beforeAll(async () => {
    const { stderr, exitCode } = await run('first');
    expect(exitCode, stderr).toBe(0);
    first = stderr;
  });

  it('is said by the run and by every later one, hits too, also with --quiet', async () => {
    const lines = `${cautions.map((line) => `warning: ${line}`).join('\n')}\n`;
    expect(first).toBe(lines);
    expect((await run('again')).stderr).toBe(lines);
    expect(JSON.parse(project.read('artifacts/short/again/report.json')).cautions).toEqual(cautions);
  });

  it('has what is doubtful in its choice in every later plan', async () => {
    const { stdout } = await kshot(project, ['plan']);
    expect(stdout).toContain(`best ${cautions[2]?.replace('best: ', '')}`);
  });

  it('has how many settings a model was chosen from beside its figure', async () => {
    const [results, sql] = await Promise.all([
      kshot(project, ['results']),
      kshot(project, ['sql', '--format', 'csv', 'SELECT model, tuned_over FROM latest_summary ORDER BY ALL']),
    ]);
    expect(results.stdout).toMatch(/^model .* tuned over$/m);
    expect(results.stdout).toMatch(/^tuned .* 2$/m);
    expect(sql.stdout.trim().split('\n')).toEqual(['model,tuned_over', 'one,0', 'one,0', 'tuned,2', 'two,0']);
  });

  it('leaves no link behind that leads nowhere', () => {
    const folder = project.path('artifacts/short/first/nodes');
    const nodes = readdirSync(folder);
    expect(nodes).toContain('train[rate=1,seed=1]');
    expect(nodes.filter((node) => !existsSync(join(folder, node)))).toEqual([]);
  });

  it('has a mark in the table of results, with what it is below it, and in the page', async () => {
    const { stdout } = await kshot(project, ['results']);
    expect(stdout).toMatch(/^train\[rate=2,seed=2\] .*NaN$/m);
    expect(stdout).toMatch(/^two +\S+ \[.*\] \(2 of 3\) /m);
    expect(stdout).toContain('\nchosen: best: rate 2, loss 0.52, mean of 2 of 3\n');
    for (const line of cautions) expect(stdout).toContain(`note: ${line}`);
    const page = project.read('artifacts/short/first/report.html');
    expect(page.includes('2 of 3')).toBe(true);
    expect(page.includes('Read with care')).toBe(true);
  });
});
