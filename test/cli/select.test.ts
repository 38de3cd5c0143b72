import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { kshot } from '../support/kshot.js';
import { smallExperiment } from '../support/small-experiment.js';
import { temporaryProject } from '../support/temporary-project.js';

/** Two rates, each trained with three batch sizes, of which one is more than there are users. */
const pipeline = `${smallExperiment
  .slice(0, smallExperiment.indexOf('  best:'))
  .replace(/ {6}outer_lr: .*\n/, '')
  .replace(/ {6}meta_batch_size: .*\n/, '')
  .replace('checkpoint_interval: 2', 'checkpoint_interval: 1')
  .replace('iterations: 4', 'iterations: 2')
  .replace(
    '  validate:',
    '    matrix: { outer_lr: [0.01, 0.001], meta_batch_size: [4, 5000, 6] }\n  validate:',
  )}
  best:
    kind: select
    in: { candidates: meta_train.checkpoints, rows: validate }
    with: { metric: mrr, average: [meta_batch_size], settings: [outer_lr] }
  on_test: { kind: eval.zero_shot, over: { model: best.chosen }, in: { episodes: episodes.test } }
publish: { best.chosen: "models/{label}.safetensors", best.row: row.json }
`;

describe('a choice between trainings of a matrix', () => {
  const project = temporaryProject({ files: { 'pipelines/small.yaml': pipeline } });
  const outcomes = async () =>
    JSON.parse(
      (
        await kshot(project, [
          'sql',
          '--json',
          "SELECT node, outcome FROM latest_steps WHERE step IN ('best', 'on_test') AND kind <> 'metrics' ORDER BY node",
        ])
      ).stdout,
    ) as unknown;

  it('is planned with what it chooses over', async () => {
    const { stdout, exitCode } = await kshot(project, ['plan']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^ +best also chooses over iterations$/m);
  });

  it('goes on with what is left where some failed, by the mean over it, and is a hit the next time', async () => {
    const { exitCode, stderr } = await kshot(project, ['run', '--keep-going']);
    expect(exitCode, stderr).toBe(1);
    expect(stderr).toContain(
      'left out: rows[2] (validate@outer_lr=0.01,meta_batch_size=5000@1), outer_lr 0.01, meta_batch_size 5000, iterations 1: its step failed',
    );
    const skipped = { node: 'on_test@meta_batch_size=5000', outcome: 'skipped' };
    expect(await outcomes()).toEqual([
      { node: 'best', outcome: 'ran' },
      { node: 'on_test@meta_batch_size=4', outcome: 'ran' },
      skipped,
      { node: 'on_test@meta_batch_size=6', outcome: 'ran' },
    ]);

    // The means, by SQL over the tables of the run.
    const [winner] = JSON.parse(
      (
        await kshot(project, [
          'sql',
          '--json',
          `SELECT regexp_extract(node, 'outer_lr=([0-9.]+)', 1)::DOUBLE AS outer_lr, avg(value) AS value
           FROM latest_metrics WHERE step = 'validate' AND metric = 'mrr'
           GROUP BY regexp_replace(node, 'meta_batch_size=[0-9]+', ''), 1 ORDER BY value DESC, 1 DESC LIMIT 1`,
        ])
      ).stdout,
    ) as [{ outer_lr: number; value: number }];
    const row = JSON.parse(project.read('row.json')) as object;
    expect(row).toMatchObject({ metric: 'mrr', outer_lr: winner.outer_lr, averaged: 2 });
    expect((row as { value: number }).value).toBeCloseTo(winner.value, 12);
    expect(readdirSync(project.path('models')).toSorted()).toEqual([
      'meta_batch_size=4.safetensors',
      'meta_batch_size=6.safetensors',
    ]);
    expect(stderr).not.toContain('not published');

    await kshot(project, ['run', '--keep-going']);
    expect(await outcomes()).toContainEqual({ node: 'best', outcome: 'hit' });
    expect(await outcomes()).toContainEqual(skipped);
  });

  it('is told of in words where it chooses between others', async () => {
    const more = ['--set', 'steps.meta_train.with.iterations=3'];
    for (const args of [
      ['plan', ...more],
      ['explain', 'best', ...more],
    ]) {
      const { stdout, stderr } = await kshot(project, args);
      expect(stdout, stderr).toContain(
        'also chooses between outer_lr 0.01, meta_batch_size 4, iterations 3; outer_lr 0.01, meta_batch_size 5000, iterations 3;',
      );
      expect(stdout).not.toMatch(/with\.(elements|groups|places)/);
    }
  });
});
