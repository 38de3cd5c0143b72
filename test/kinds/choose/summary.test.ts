import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/base/json.js';
import { randomStream } from '../../../src/base/random.js';
import { summary } from '../../../src/kinds/choose/summary.js';
import { metricsKind } from '../../../src/kinds/evaluate/metrics.js';
import { type RankRow, writeRanks } from '../../../src/kinds/evaluate/write-ranks.js';
import { summaryMetrics } from '../../../src/statistics/metrics.js';
import { type Row, withDatabase } from '../../../src/tables/database.js';
import { writeRowsParquet } from '../../../src/tables/parquet.js';
import { failureOf, rowsOf, runKind, temporaryFolder } from '../../support/run-kind.js';

interface Made {
  readonly users?: number;
  readonly steps?: readonly number[];
  readonly innerRate?: number;
  readonly purpose?: string;
  /** Ranks that are drawn lie below it. */
  readonly spread: number;
}

const queryPairs = 4;

/** An evaluation of made-up ranks, as a bundle of its outputs. */
async function evaluation({ users = 30, steps = [0], innerRate = 0.1, purpose = 'ranks', spread }: Made) {
  const folder = temporaryFolder();
  const rows = steps.flatMap((count) =>
    Array.from({ length: users * queryPairs }, (_, index): RankRow => {
      const user = Math.floor(index / queryPairs);
      const rank = 1 + randomStream(3, purpose, index).integer(spread);
      const userId = `u${String(user).padStart(3, '0')}`;
      return { k: 5, steps: count, episodeId: user, userId, pairId: index, label: 0, rank };
    }),
  );
  const ranks = join(folder, 'ranks');
  await writeRanks({ output: () => ranks, threads: 1 }, rows, innerRate);
  const { path } = await runKind(metricsKind, { inputs: { ranks } });
  return { metrics: path('metrics'), ranks };
}

type Inputs = NonNullable<Parameters<typeof runKind>[1]['inputs']>;

async function summarise(settings: { baseline: string; zero_shot?: string }, inputs: Inputs) {
  const lists = Object.fromEntries(
    Object.entries(inputs).map(([name, input]) => [name, Array.isArray(input) ? input : [input]]),
  );
  const { path } = await runKind(summary, { with: settings, inputs: lists });
  return await rowsOf(path('summary'));
}

const rowOf = (rows: readonly Row[], model: string, metric: string, steps?: number) =>
  rows.find(
    (row) => row['model'] === model && row['metric'] === metric && (steps ?? row['steps']) === row['steps'],
  );

describe('a summary', () => {
  it('has the values and intervals of the evaluations, the baseline first', async () => {
    const [gru, maml] = [await evaluation({ spread: 30 }), await evaluation({ spread: 4, steps: [1, 3] })];
    const rows = await summarise({ baseline: 'gru' }, { alpha: maml, gru });
    expect([...new Set(rows.map((row) => `${row['model']} ${row['steps']}`))]).toEqual([
      'gru 0',
      'alpha 1',
      'alpha 3',
    ]);
    for (const [model, files] of [
      ['gru', gru],
      ['alpha', maml],
    ] as const) {
      for (const metric of await rowsOf(files.metrics)) {
        if (!summaryMetrics.some(({ name }) => name === metric['metric'])) continue;
        const row = rowOf(rows, model, String(metric['metric']), Number(metric['steps']));
        expect(row).toMatchObject({
          unit: 'users',
          units: 30,
          n: 120,
          users: 30,
          inner_lr: metric['inner_lr'],
        });
        for (const name of ['value', 'low', 'high']) {
          expect(row?.[name]).toBeCloseTo(Number(metric[name]), 12);
        }
      }
    }
  });

  it('compares with the baseline and with zero-shot, pair by pair', async () => {
    const inputs = {
      gru: await evaluation({ spread: 30 }),
      zero: await evaluation({ spread: 30, purpose: 'others' }),
      few: await evaluation({ spread: 4, steps: [5] }),
      same: await evaluation({ spread: 30 }),
    };
    const rows = await summarise({ baseline: 'gru', zero_shot: 'zero' }, inputs);
    const [gru, zero, few] = ['gru', 'zero', 'few'].map((model) => rowOf(rows, model, 'mrr'));
    expect(gru).toMatchObject({ baseline: null, difference: null, zero_shot: null });
    expect(zero).toMatchObject({ baseline: 'gru', distinguishable: 'no', zero_shot: null });
    expect(few).toMatchObject({
      baseline: 'gru',
      distinguishable: 'yes',
      compared_over: 'users',
      zero_shot: 'zero',
      zero_shot_distinguishable: 'yes',
    });
    const [own, base] = [Number(few?.['value']), Number(gru?.['value'])];
    expect(few?.['difference']).toBeCloseTo(own - base, 12);
    expect(few?.['improvement_percent']).toBeCloseTo(100 * (own / base - 1), 10);
    expect(few?.['zero_shot_difference']).toBeCloseTo(own - Number(zero?.['value']), 12);
    expect(Number(few?.['difference_low'])).toBeLessThan(own - base);
    expect(Number(few?.['difference_high'])).toBeGreaterThan(own - base);
    // The same ranks under another name: paired, there is no difference at all.
    expect(rowOf(rows, 'same', 'mrr')).toMatchObject({
      difference: 0,
      difference_low: 0,
      difference_high: 0,
      distinguishable: 'no',
    });
  });

  it('compares every model with the best in each metric, whatever the baseline is', async () => {
    const inputs = {
      gru: await evaluation({ spread: 30 }),
      few: await evaluation({ spread: 4, steps: [5] }),
      near: await evaluation({ spread: 4, steps: [5], purpose: 'near' }),
    };
    const rows = await summarise({ baseline: 'gru' }, inputs);
    const [gru, few, near] = ['gru', 'few', 'near'].map((model) => rowOf(rows, model, 'mrr'));
    const leader = Number(few?.['value']) > Number(near?.['value']) ? few : near;
    const second = leader === few ? near : few;
    expect(leader).toMatchObject({ better: 'higher', leader: null, leader_difference: null });
    expect(second).toMatchObject({ leader: leader?.['model'], leader_distinguishable: 'no' });
    expect(gru).toMatchObject({ leader: leader?.['model'], leader_distinguishable: 'yes' });
    // The same pairs the other way round.
    expect(gru?.['leader_difference']).toBeCloseTo(-Number(leader?.['difference']), 12);
    expect(gru?.['leader_difference_low']).toBeCloseTo(-Number(leader?.['difference_high']), 12);
    expect(gru?.['leader_difference_high']).toBeCloseTo(-Number(leader?.['difference_low']), 12);
  });

  it('knows of a program’s metric which value is better where it is told, and refuses a name that nothing has', async () => {
    const folder = temporaryFolder();
    const measured = async (name: string, values: readonly number[]) =>
      await Promise.all(
        values.map(async (value, seed) => {
          const metrics = join(folder, `${name}-${seed}.parquet`);
          await withDatabase({ threads: 1 }, (database) =>
            writeRowsParquet(database, {
              columns: { metric: 'VARCHAR', value: 'DOUBLE' },
              rows: [{ metric: 'cost', value }],
              orderBy: ['metric'],
              path: metrics,
            }),
          );
          return { metrics };
        }),
      );
    const inputs = { a: await measured('a', [0.5, 0.52, 0.51]), b: await measured('b', [0.7, 0.71, 0.73]) };
    const leaderOf = async (settings: JsonObject) => {
      const { path } = await runKind(summary, { with: settings, inputs });
      const rows = await rowsOf(path('summary'));
      return rows.filter(({ leader }) => leader === null).map(({ model, better }) => [model, better]);
    };
    expect(await leaderOf({})).toEqual([['b', null]]);
    // Where one lacks a seed, over those that both have: the mean of all of a is above that of b, over two it is below.
    const short = {
      a: await measured('c', [0.9, 0.5, 0.5]),
      b: await measured('d', [Number.NaN, 0.6, 0.61]),
    };
    const { path } = await runKind(summary, { with: {}, inputs: short });
    const [first, second] = await rowsOf(path('summary'));
    expect([first?.['leader'], second?.['leader'], first?.['leader_compared_units']]).toEqual(['b', null, 2]);
    expect(first?.['leader_difference']).toBeCloseTo(-0.105, 12);
    expect(await leaderOf({ lower_is_better: ['cost'] })).toEqual([['a', 'lower']]);
    expect(await failureOf(runKind(summary, { with: { lower_is_better: ['cos'] }, inputs }))).toMatchObject({
      reason: 'bad-data',
      hint: expect.stringContaining('cost'),
    });
  });

  it('gives mean and interval over seeds, each compared with its own baseline', async () => {
    const seeds = ['a', 'b', 'c'];
    const of = (spread: number) =>
      Promise.all(
        seeds.map((purpose, index) => evaluation({ spread: spread + index, purpose, innerRate: spread })),
      );
    const [gru, maml, popular] = [await of(30), await of(4), await evaluation({ spread: 50 })];
    const rows = await summarise({ baseline: 'gru' }, { gru, maml, popular });
    const means = await Promise.all(
      maml.map(async ({ metrics }) =>
        Number((await rowsOf(metrics)).find((row) => row['metric'] === 'mrr')?.['value']),
      ),
    );
    const mean = means.reduce((sum, value) => sum + value, 0) / 3;
    const deviation = Math.sqrt(means.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 2);
    const row = rowOf(rows, 'maml', 'mrr');
    expect(row).toMatchObject({
      unit: 'seeds',
      units: 3,
      n: 120,
      compared_over: 'seeds',
      distinguishable: 'yes',
    });
    expect(row?.['value']).toBeCloseTo(mean, 12);
    // 4.302653 is the t of two degrees of freedom.
    expect(row?.['high']).toBeCloseTo(mean + (4.302652729911275 * deviation) / Math.sqrt(3), 9);
    expect(rowOf(rows, 'popular', 'mrr')).toMatchObject({ unit: 'users', compared_over: 'seeds' });
  });

  it('refuses evaluations of other query pairs', async () => {
    const inputs = { gru: await evaluation({ spread: 9 }), few: await evaluation({ spread: 9, users: 29 }) };
    const failure = await failureOf(summarise({ baseline: 'gru' }, inputs));
    expect(failure.message).toBe(
      'few and gru were not evaluated on the same query pairs: 116 and 120, pair 116 of user u029 only in one of them',
    );
    expect(failure.hint).toContain('same episodes');
  });

  it('refuses a baseline of several settings, and seeds of several', async () => {
    const several = await evaluation({ spread: 9, steps: [1, 3] });
    const one = await evaluation({ spread: 9 });
    expect((await failureOf(summarise({ baseline: 'gru' }, { gru: several, one }))).message).toContain(
      'baseline gru has 2 settings',
    );
    const seeds = { gru: one, maml: [several, several] };
    expect((await failureOf(summarise({ baseline: 'gru' }, seeds))).message).toContain('a seed wants one');
  });

  it('is refused at planning where names or numbers of seeds do not fit', () => {
    const check = (parameters: { baseline: string; zero_shot?: string }, lengths: Record<string, number>) =>
      summary.check?.({ parameters, inputNames: Object.keys(lengths), lengths, facts: {} });
    expect(check({ baseline: 'gru' }, { gru: 1, maml: 3 })).toEqual([]);
    expect(check({ baseline: 'gruu' }, { gru: 1, maml: 1 })).toEqual([
      {
        path: ['baseline'],
        message: 'baseline is gruu, which is not among the inputs gru, maml',
        unknown: { name: 'gruu', known: ['gru', 'maml'] },
      },
    ]);
    expect(check({ baseline: 'gru', zero_shot: 'gru' }, { gru: 1 })).toHaveLength(1);
    expect(check({ baseline: 'gru' }, { gru: 2, maml: 3 })).toHaveLength(1);
  });
});
