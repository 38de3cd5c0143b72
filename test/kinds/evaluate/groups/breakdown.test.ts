import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../../src/base/json.js';
import { randomStream } from '../../../../src/base/random.js';
import { summary } from '../../../../src/kinds/choose/summary.js';
import { breakdown } from '../../../../src/kinds/evaluate/groups/breakdown.js';
import { metricsKind } from '../../../../src/kinds/evaluate/metrics.js';
import { type RankRow, writeRanks } from '../../../../src/kinds/evaluate/write-ranks.js';
import type { Row } from '../../../../src/tables/database.js';
import { failureOf, rowsOf, runKind, temporaryFolder, writeTable } from '../../../support/run-kind.js';
import { type SplitFiles, writeSmallSplit } from '../../../support/small-episodes.js';

const script = fileURLToPath(new URL('./breakdown_with_pandas.py', import.meta.url));
const python = '/usr/bin/python3';
const probe = spawnSync(python, ['-c', 'import pandas'], { encoding: 'utf8' });
const absent = probe.status === 0 ? undefined : `${python} has no pandas: ${probe.stderr || probe.error}`;
if (absent !== undefined) console.warn(`skipping the independent groups: ${absent}`);

async function split(users: number, items = 40): Promise<SplitFiles> {
  const folder = join(temporaryFolder(), 'split');
  mkdirSync(folder);
  return await writeSmallSplit(folder, { users, items });
}

/** Ranks of the query pairs of a split that are drawn below `spread`. */
async function evaluation(
  files: SplitFiles,
  { spread = 15, purpose = 'ranks', steps = [3], keep = (_: RankRow) => true },
): Promise<{ readonly ranks: string }> {
  const episodes = await rowsOf(files.episodes);
  const rows = steps.flatMap((count) =>
    episodes.flatMap(({ episode_id, user_id, query_pair_ids }) =>
      (query_pair_ids as readonly number[]).map((pairId): RankRow => {
        const rank = 1 + randomStream(7, `${purpose} ${episode_id}`, Number(pairId)).integer(spread);
        const userId = String(user_id);
        return {
          k: 3,
          steps: count,
          episodeId: Number(episode_id),
          userId,
          pairId: Number(pairId),
          label: 0,
          rank,
        };
      }),
    ),
  );
  const ranks = join(temporaryFolder(), 'ranks');
  await writeRanks({ output: () => ranks, threads: 1 }, rows.filter(keep), 0.1);
  return { ranks };
}

type Models = { readonly [name: string]: { readonly ranks: string } };

async function brokenDown(train: SplitFiles, episodes: SplitFiles, models: Models, given: JsonObject = {}) {
  const { path } = await runKind(breakdown, { with: given, inputs: { train, episodes, ...models } });
  return await rowsOf(path('breakdown'));
}

/** The rows of a model in one group, by metric. */
function within(rows: readonly Row[], model: string, grouping: string, group: number): readonly Row[] {
  const own = rows.filter((row) => row['model'] === model && row['grouped_by'] === grouping);
  const starts = [...new Set(own.map((row) => Number(row['at_least'])))].sort((one, other) => one - other);
  return own.filter((row) => row['at_least'] === starts[group]);
}

describe('a breakdown', () => {
  it.skipIf(absent !== undefined)(
    'has the groups, figures and differences that pandas comes to',
    async () => {
      const [train, episodes] = [await split(6), await split(25)];
      const models = {
        one: await evaluation(episodes, { purpose: 'one' }),
        two: await evaluation(episodes, { purpose: 'two', spread: 6 }),
      };
      const bounds = { train_count: [1, 2], prefix_length: [2, 3], history_length: [4, 5, 6] };
      const rows = await brokenDown(train, episodes, models, { ...bounds, baseline: 'one' });
      const peer = spawnSync(python, [script], {
        encoding: 'utf8',
        input: JSON.stringify({
          train: await rowsOf(train.pairs),
          pairs: await rowsOf(episodes.pairs),
          ranks: { one: await rowsOf(models.one.ranks), two: await rowsOf(models.two.ranks) },
          baseline: 'one',
          bounds,
        }),
      });
      expect(peer.stderr).toBe('');
      const theirs = JSON.parse(peer.stdout) as {
        readonly [group: string]: {
          readonly n: number;
          readonly users: number;
          readonly metrics: { readonly [metric: string]: readonly [number, number] | null };
        };
      };
      let compared = 0;
      for (const [name, { n, users, metrics }] of Object.entries(theirs)) {
        const [model = '', grouping = '', group] = name.split(' ');
        const own = within(rows, model, grouping, Number(group));
        expect(
          own.map(({ metric }) => metric),
          name,
        ).toEqual(Object.keys(metrics).sort());
        for (const row of own) {
          expect([row['n'], row['users']], name).toEqual([n, users]);
          const [value, difference] = metrics[String(row['metric'])] ?? [];
          if (value === undefined) {
            expect(row['value']).toBeNull();
            continue;
          }
          expect(Math.abs(Number(row['value']) - value), `${name} ${row['metric']}`).toBeLessThan(1e-12);
          if (model === 'one') continue;
          expect(Math.abs(Number(row['difference']) - (difference ?? 0))).toBeLessThan(1e-12);
          compared += 1;
        }
      }
      // Every group has pairs: those of items that train never has, too.
      expect(compared).toBe(8 * 10);
    },
  );

  it('has the intervals of an evaluation of those pairs alone, and the differences of a summary of them', async () => {
    const [train, episodes] = [await split(6), await split(25)];
    const models = {
      base: await evaluation(episodes, { purpose: 'base' }),
      model: await evaluation(episodes, { purpose: 'model', spread: 5 }),
    };
    const rows = await brokenDown(train, episodes, models, { prefix_length: [2], baseline: 'base' });
    const long = (await rowsOf(episodes.pairs)).filter(({ prefix_len }) => Number(prefix_len) >= 2);
    const ids = new Set(long.map(({ pair_id }) => Number(pair_id)));
    const keep = ({ pairId }: RankRow) => ids.has(pairId);
    const alone = {
      base: await evaluation(episodes, { purpose: 'base', keep }),
      model: await evaluation(episodes, { purpose: 'model', spread: 5, keep }),
    };
    const cells = (names: readonly string[]) => (row: Row) => names.map((name) => row[name]);
    const own = within(rows, 'model', 'prefix_length', 1);
    const measured = await runKind(metricsKind, { inputs: { ranks: alone.model.ranks } });
    const columns = ['metric', 'low', 'high', 'n', 'users'];
    expect(own.map(cells(columns))).toEqual((await rowsOf(measured.path('metrics'))).map(cells(columns)));
    const summarised = await runKind(summary, {
      with: { baseline: 'base' },
      inputs: { base: [alone.base], model: [alone.model] },
    });
    const differences = ['metric', 'difference', 'difference_low', 'difference_high', 'distinguishable'];
    const theirs = (await rowsOf(summarised.path('summary'))).filter(({ model }) => model === 'model');
    expect(theirs.length).toBeGreaterThan(3);
    expect(own.map(cells(differences))).toEqual(expect.arrayContaining(theirs.map(cells(differences))));
  });

  it('has every pair in one group of each grouping, whatever order models are named in', async () => {
    const [train, episodes] = [await split(6), await split(12)];
    const [a, b] = [
      await evaluation(episodes, { purpose: 'a' }),
      await evaluation(episodes, { purpose: 'b', steps: [1, 5] }),
    ];
    const rows = await brokenDown(train, episodes, { b, a });
    expect(await brokenDown(train, episodes, { a, b })).toEqual(rows);
    expect(new Set(rows.map(({ place, model, steps }) => `${place} ${model} ${steps}`))).toEqual(
      new Set(['0 a 3', '1 b 1', '2 b 5']),
    );
    const queries = (await rowsOf(a.ranks)).length;
    for (const grouping of ['train_count', 'prefix_length', 'history_length']) {
      const own = rows.filter(
        (row) => row['model'] === 'a' && row['grouped_by'] === grouping && row['metric'] === 'mrr',
      );
      expect(own.length).toBeGreaterThan(1);
      expect(own.reduce((sum, { n }) => sum + Number(n), 0)).toBe(queries);
    }
    expect(rows.every(({ baseline, difference }) => baseline === null && difference === null)).toBe(true);
  });

  it('refuses ranks of other episodes or pairs, a baseline of several settings and other items', async () => {
    const [train, episodes, other] = [await split(6), await split(6), await split(9)];
    const fits = await evaluation(episodes, {});
    const failing = async (models: Models, given: JsonObject = {}, from = train) =>
      (await failureOf(brokenDown(from, episodes, models, given))).message;
    expect(await failing({ model: await evaluation(other, {}) })).toMatch(
      /^ranks of model: pair \d+ of user user-6 is no query pair of the episodes$/,
    );
    const short = await evaluation(episodes, { keep: ({ episodeId }) => episodeId > 0 });
    expect(await failing({ base: fits, model: short }, { baseline: 'base' })).toBe(
      'model and base were not evaluated on the same query pairs: 32 and 36',
    );
    const several = await evaluation(episodes, { steps: [1, 2] });
    expect(await failing({ base: several, model: fits }, { baseline: 'base' })).toBe(
      'baseline base has 2 settings; a comparison wants one',
    );
    expect(await failing({ model: fits }, {}, await split(6, 41))).toContain(
      'the training data has 41 items, and the episodes have 40',
    );
    const empty = await evaluation(episodes, { keep: () => false });
    expect(await failing({ model: empty })).toContain('model ranked nothing');
  });

  it('counts what came before by time, not by the numbers of pairs', async () => {
    const [train, episodes] = [await split(4), await split(4)];
    const pairs = await rowsOf(episodes.pairs);
    // The same pairs, each user's the other way round in time.
    const turned = join(temporaryFolder(), 'pairs.parquet');
    const columns = {
      pair_id: 'BIGINT',
      user_id: 'VARCHAR',
      prefix: 'INTEGER[]',
      label: 'INTEGER',
      label_ts_epoch: 'DOUBLE',
    };
    await writeTable(
      turned,
      columns,
      pairs.map((row) => ({
        pair_id: Number(row['pair_id']),
        user_id: String(row['user_id']),
        prefix: row['prefix'] as readonly number[],
        label: Number(row['label']),
        label_ts_epoch: -Number(row['label_ts_epoch']),
      })),
    );
    const model = await evaluation(episodes, {});
    const counts = async (files: SplitFiles) =>
      (await brokenDown(train, files, { model }, { history_length: [3] }))
        .filter((row) => row['grouped_by'] === 'history_length' && row['metric'] === 'mrr')
        .map(({ at_least, n }) => [at_least, n]);
    const queries = (await rowsOf(model.ranks)).length;
    // Three support pairs come before every query pair.
    expect(await counts(episodes)).toEqual([
      [0, 0],
      [3, queries],
    ]);
    expect((await counts({ ...episodes, pairs: turned }))[0]?.[1]).toBeGreaterThan(0);
  });

  it('wants a model, and a baseline among its models', () => {
    const check = (inputNames: readonly string[], given: JsonObject = {}) =>
      breakdown.check?.({
        parameters: breakdown.parameters.complete(given),
        inputNames,
        lengths: {},
        facts: {},
      });
    expect(check(['train', 'episodes', 'gru'], { baseline: 'gru' })).toEqual([]);
    expect(check(['train', 'episodes'])?.[0]?.message).toContain('no model is among the inputs');
    expect(check(['train', 'episodes', 'gru'], { baseline: 'train' })?.[0]).toMatchObject({
      path: ['baseline'],
      unknown: { name: 'train', known: ['gru'] },
    });
  });
});
