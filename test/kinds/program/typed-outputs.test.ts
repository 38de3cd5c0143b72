import { describe, expect, it } from 'vitest';
import { kshot } from '../../support/kshot.js';
import { temporaryProject } from '../../support/temporary-project.js';

const script = `
import { readFileSync, writeFileSync } from 'node:fs';
const { rate, seed } = JSON.parse(readFileSync(process.env.KSHOT_PARAMS, 'utf8'));
writeFileSync('model.txt', 'rate ' + rate + ', seed ' + seed);
writeFileSync('metrics.json', JSON.stringify({ accuracy: rate === 3 && seed === 2 ? NaN : rate / 10 + seed / 100 }).replace('null', 'NaN'));
writeFileSync('curve.jsonl', [1, 2, 3].map((step) => JSON.stringify({ step, loss: rate / step })).join('\\n'));
`;

const pipeline = `
version: 1
name: script
steps:
  train:
    kind: command
    matrix: { rate: [1, 3, 2], seed: [1, 2] }
    with:
      argv: [node, train.mjs]
      params: { rate: 1, seed: 1 }
      files: [train.mjs]
      outputs:
        model: model.txt
        metrics: { path: metrics.json, as: metrics }
        curve: { path: curve.jsonl, as: history }
  best:
    kind: select
    in: { rows: train.metrics, candidates: train.model }
    with: { metric: accuracy, mode: max, settings: [rate], average: [seed] }
  chosen:
    kind: command
    over: { model: best.chosen }
    with: { argv: [cat, model] }
  wrong:
    kind: select
    in: { rows: train.metrics }
    with: { metric: acuracy, mode: max }
  seeds:
    kind: select
    in: { rows: train.metrics }
    with: { metric: accuracy, mode: max, average: [sed] }
`;

describe('a script that writes metrics.json', () => {
  const project = temporaryProject({ files: { 'pipelines/script.yaml': pipeline, 'train.mjs': script } });
  const sql = async (text: string) => {
    const { stdout, stderr, exitCode } = await kshot(project, ['sql', text, '--json']);
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
    return JSON.parse(stdout) as unknown[];
  };

  it('is a sweep whose best rate is chosen by the mean, with what is no number left out and said', async () => {
    const { exitCode, stdout, stderr } = await kshot(project, ['run', 'chosen']);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    expect(stdout + stderr).toMatch(/left out: rows\[3\].*accuracy is no number/);
    expect(stdout + stderr).not.toMatch(/episode|query|user/i);
  });

  it('has its metrics and its curve in SQL, with what the nodes differ in as columns', async () => {
    const low =
      'SELECT metric, round(value, 4) AS value, rate, seed FROM metrics WHERE value < 0.2 ORDER BY value';
    expect(await sql(low)).toEqual([
      { metric: 'accuracy', value: 0.11, rate: 1, seed: 1 },
      { metric: 'accuracy', value: 0.12, rate: 1, seed: 2 },
    ]);
    expect(await sql('SELECT iteration, sum(loss) AS loss FROM history GROUP BY ALL ORDER BY ALL')).toEqual([
      { iteration: 1, loss: 12 },
      { iteration: 2, loss: 6 },
      { iteration: 3, loss: 4 },
    ]);
  });

  it('has a table of results without a column that says nothing of it', async () => {
    const { stdout } = await kshot(project, ['results']);
    expect(stdout).toMatch(/^node +rate +seed +accuracy\n/);
    expect(stdout).toContain('0.3100');
    expect(stdout).not.toMatch(/episode|query|users/i);
  });

  it('trains nothing anew where another thing is said of its files', async () => {
    project.edit('pipelines/script.yaml', 'curve: { path: curve.jsonl, as: history }', 'curve: curve.jsonl');
    const { stdout } = await kshot(project, ['plan', 'train', '--json']);
    const { nodes } = JSON.parse(stdout) as { nodes: { node: string; state: string }[] };
    expect(nodes.filter(({ state }) => state !== 'hit')).toEqual([]);
  });

  it('is told of a metric that it does not have, with those that there are', async () => {
    const { exitCode, stderr } = await kshot(project, ['run', 'wrong']);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('rows[0] (train[rate=1,seed=1]) has no metric acuracy');
    expect(stderr).toContain('it has accuracy');
    const average = await kshot(project, ['run', 'seeds']);
    expect(average.exitCode).toBe(1);
    expect(average.stderr).toContain('average names sed, which the rows do not have');
    expect(average.stderr).toContain('seed');
  });
});
