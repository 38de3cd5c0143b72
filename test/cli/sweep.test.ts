import { rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { kshot } from '../support/kshot.js';
import { temporaryProject } from '../support/temporary-project.js';

// What other trackers were seen to get wrong: a retry counted as a seed, a group that is short without a word, a point
// that was removed and is still chosen.

const script = `
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
const { rate, seed } = JSON.parse(readFileSync(process.env.KSHOT_PARAMS, 'utf8'));
const tried = process.env.MARKS + '/' + rate + '-' + seed;
const isFirst = !existsSync(tried);
writeFileSync(tried, '');
if (seed === 2 && isFirst && existsSync(process.env.MARKS + '/once')) process.exit(1);
if (rate === 2 && seed === 3 && existsSync(process.env.MARKS + '/always')) process.exit(1);
console.log('rate ' + rate);
writeFileSync('model', 'rate ' + rate);
appendFileSync(process.env.KSHOT_EVENTS, JSON.stringify({ loss: 1 / rate }) + '\\n');
writeFileSync('metrics.json', JSON.stringify({ accuracy: rate / 10 + seed / 1000 }));
`;

const pipeline = `
version: 1
name: sweep
steps:
  train:
    kind: command
    retries: 1
    with:
      argv: [node, train.mjs]
      files: [train.mjs]
      params: { rate: 1, seed: 1 }
      pass_env: [MARKS]
      outputs: { model: model, metrics: { path: metrics.json, as: metrics }, curve: { as: history } }
    matrix: { rate: [1, 2], seed: [1, 2, 3] }
  best:
    kind: select
    in: { rows: train.metrics, candidates: train.model }
    with: { metric: accuracy, mode: max, settings: [rate], average: [seed] }
  chosen: { kind: command, over: { model: best.chosen }, with: { argv: [cat, model], outputs: {} } }
`;

/** A project whose script fails as `marks` say. */
function sweep(...marks: readonly string[]) {
  const files = Object.fromEntries(marks.map((mark) => [`marks/${mark}`, '']));
  const project = temporaryProject({
    files: { 'pipelines/sweep.yaml': pipeline, 'train.mjs': script, 'marks/.keep': '', ...files },
  });
  const run = (...args: readonly string[]) =>
    kshot(project, ['run', ...args], { environment: { MARKS: project.path('marks') } });
  const sql = async (text: string) =>
    JSON.parse((await kshot(project, ['sql', text, '--format', 'json'])).stdout) as unknown;
  return { project, run, sql };
}

const perRate =
  "SELECT rate, count(*) AS seeds FROM latest_metrics WHERE metric = 'accuracy' GROUP BY rate ORDER BY rate";

describe('a sweep of a program', () => {
  it('counts a seed once, however often it was tried', async () => {
    const { project, run, sql } = sweep('once');
    const { exitCode, stderr } = await run('--tag', 'first');
    expect(exitCode, stderr).toBe(0);
    expect(stderr).toContain('train[rate=1,seed=2]');
    expect(await sql(perRate)).toEqual([
      { rate: 1, seeds: 3 },
      { rate: 2, seeds: 3 },
    ]);
    // The curves of the trainings that were chosen are drawn first.
    const { winners } = JSON.parse(project.read('artifacts/sweep/first/report.json')) as { winners: unknown };
    expect(winners).toEqual({ best: { rate: 2 } });
    const page = project.read('artifacts/sweep/first/report.html');
    const [, numbers = ''] = /Numbers of train: loss while training(.*?)<\/table>/s.exec(page) ?? [];
    expect(
      numbers
        .match(/rate=\d/g)
        ?.map((text) => text.at(-1))
        .join(''),
    ).toBe('222111');
  });

  it('goes on with -k where a seed fails, says which the choice lacks, and tries it again the next time', async () => {
    const { project, run, sql } = sweep('always');
    const first = await run('-k');
    expect(first.exitCode).toBe(1);
    expect(first.stderr).toMatch(/failed +train\[rate=2,seed=3\]/);
    expect(first.stderr).toMatch(/left out: rows\[5\] \(train\[rate=2,seed=3\].*\)/);
    expect(await sql(perRate)).toEqual([
      { rate: 1, seeds: 3 },
      { rate: 2, seeds: 2 },
    ]);
    // Its cause is gone, and it is the one thing to do with what follows.
    rmSync(project.path('marks/always'));
    const second = await run();
    expect(second.exitCode, second.stderr).toBe(0);
    expect(second.stderr.match(/^ran +train\S*/gm)?.map((line) => line.replace(/ +/, ' '))).toEqual(
      expect.arrayContaining(['ran train[rate=2,seed=3]']),
    );
    expect(second.stderr).not.toMatch(/^ran +train\[rate=1/m);
  });

  it('is no list of nine seeds to a summary, nor are other seeds the same', async () => {
    const { project } = sweep();
    const summary = (inputs: string) => {
      project.write(
        'pipelines/summed.yaml',
        `version: 1
extends: sweep.yaml
steps:
  other: { kind: command, with: { argv: [x], params: { seed: 1 }, outputs: { metrics: { path: m, as: metrics } } }, matrix: { seed: [2, 3, 4] } }
  summary: { kind: summary, in: { ${inputs} } }
`,
      );
      return kshot(project, ['plan', 'pipelines/summed.yaml', 'summary']);
    };
    const all = await summary('all: train.metrics');
    expect(all.exitCode).toBe(2);
    expect(all.stderr).toContain(
      'all differs in rate and seed: its 6 elements would be taken for so many seeds',
    );
    const other = await summary('one: "train[rate=1].metrics", two: other.metrics');
    expect(other.exitCode).toBe(2);
    expect(other.stderr).toContain('one is of seed 1, 2, 3, and two of seed 2, 3, 4');
    expect((await summary('one: "train[rate=1].metrics", two: "train[rate=2].metrics"')).exitCode).toBe(0);
  });

  it('forgets a rate that was taken out, in every table and choice', async () => {
    const { run, sql } = sweep();
    expect((await run()).exitCode).toBe(0);
    const without = await run('--set', 'steps.train.matrix.rate=[1]');
    expect(without.exitCode, without.stderr).toBe(0);
    expect(without.stderr).not.toMatch(/^ran +train/m);
    expect(await sql(perRate)).toEqual([{ rate: 1, seeds: 3 }]);
    expect(
      await sql("SELECT source_node FROM latest_lineage WHERE node = 'best' AND input LIKE 'candidates/%'"),
    ).toHaveLength(3);
    expect(await sql("SELECT count(*) AS n FROM latest_params WHERE name = 'rate' AND number = 2")).toEqual([
      { n: 0 },
    ]);
  });
});
