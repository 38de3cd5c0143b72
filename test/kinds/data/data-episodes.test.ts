import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { writeItemCatalogue } from '../../../src/data/item-catalogue.js';
import { dataEpisodes } from '../../../src/kinds/data/data-episodes.js';
import { failureOf, rowsOf, runKind, temporaryFolder, writeTable } from '../../support/run-kind.js';

/** A file of pairs in which users have so many pairs each, ids counted on from user to user. */
async function pairsOf(counts: { readonly [user: string]: number }) {
  let next = 0;
  const rows = Object.entries(counts).flatMap(([user_id, count]) =>
    Array.from({ length: count }, () => ({ pair_id: next, user_id, label_ts_epoch: next++ })),
  );
  return await filesOf(rows);
}

async function filesOf(rows: readonly { pair_id: number; user_id: string; label_ts_epoch: number }[]) {
  const folder = temporaryFolder();
  const path = join(folder, 'pairs.parquet');
  await writeTable(path, { pair_id: 'BIGINT', user_id: 'VARCHAR', label_ts_epoch: 'DOUBLE' }, rows);
  const items = join(folder, 'items.json');
  writeItemCatalogue(items, ['x']);
  return { train: path, val: path, test: path, items };
}

test('train has every window of a user’s pairs, val and test the last, and a user with too few has none', async () => {
  const inputs = { pairs: await pairsOf({ a: 5, b: 2, c: 3 }) };
  const run = await runKind(dataEpisodes, { with: { k: 1, q: 2 }, inputs });
  expect(await rowsOf(run.path('train/episodes'))).toEqual([
    { episode_id: 0, user_id: 'a', support_pair_ids: [0], query_pair_ids: [1, 2] },
    { episode_id: 1, user_id: 'a', support_pair_ids: [1], query_pair_ids: [2, 3] },
    { episode_id: 2, user_id: 'a', support_pair_ids: [2], query_pair_ids: [3, 4] },
    { episode_id: 3, user_id: 'c', support_pair_ids: [7], query_pair_ids: [8, 9] },
  ]);
  for (const split of ['val', 'test']) {
    expect(await rowsOf(run.path(`${split}/episodes`))).toEqual([
      { episode_id: 0, user_id: 'a', support_pair_ids: [2], query_pair_ids: [3, 4] },
      { episode_id: 1, user_id: 'c', support_pair_ids: [7], query_pair_ids: [8, 9] },
    ]);
  }
  expect(await rowsOf(run.path('val/pairs'))).toHaveLength(10);
});

test('pairs made elsewhere stand in order of time, whatever their ids; of equal times the lower id comes first', async () => {
  const rows = [
    [4, 10],
    [1, 30],
    [3, 20],
    [2, 20],
  ].map(([pair_id = 0, label_ts_epoch = 0]) => ({ pair_id, user_id: 'a', label_ts_epoch }));
  const run = await runKind(dataEpisodes, { with: { k: 2, q: 2 }, inputs: { pairs: await filesOf(rows) } });
  expect(await rowsOf(run.path('test/episodes'))).toEqual([
    { episode_id: 0, user_id: 'a', support_pair_ids: [4, 2], query_pair_ids: [3, 1] },
  ]);
});

test('for any numbers of pairs there are n - (k + q) + 1 windows of consecutive pairs, support first', async () => {
  const sizes = fc.array(fc.nat(9), { minLength: 1, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(
      sizes,
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 1, max: 3 }),
      async (counts, k, q) => {
        // One user surely has an episode, for without any the step fails.
        const users = Object.fromEntries([...counts, k + q].map((count, index) => [`u${index}`, count]));
        const run = await runKind(dataEpisodes, { with: { k, q }, inputs: { pairs: await pairsOf(users) } });
        const windows = await rowsOf(run.path('train/episodes'));
        for (const [user, count] of Object.entries(users)) {
          const own = windows.filter((row) => row['user_id'] === user);
          expect(own).toHaveLength(Math.max(0, count - (k + q) + 1));
        }
        for (const row of windows) {
          const ids = [...(row['support_pair_ids'] as number[]), ...(row['query_pair_ids'] as number[])];
          expect(row['support_pair_ids']).toHaveLength(k);
          expect(ids).toEqual(Array.from({ length: k + q }, (_, index) => (ids[0] ?? 0) + index));
        }
      },
    ),
    { numRuns: 8 },
  );
});

test('a user whose ids have gaps has the windows of the ids that are there', async () => {
  const { train, ...rest } = await pairsOf({ a: 3, b: 3 });
  const rows = [2, 3, 9, 4, 5, 6].map((pair_id, row) => ({
    pair_id,
    user_id: row < 3 ? 'a' : 'b',
    label_ts_epoch: pair_id,
  }));
  await writeTable(train, { pair_id: 'BIGINT', user_id: 'VARCHAR', label_ts_epoch: 'DOUBLE' }, rows);
  const run = await runKind(dataEpisodes, { with: { k: 1, q: 1 }, inputs: { pairs: { train, ...rest } } });
  const windows = await rowsOf(run.path('train/episodes'));
  expect(windows.map((row) => [row['user_id'], row['support_pair_ids'], row['query_pair_ids']])).toEqual([
    ['a', [2], [3]],
    ['a', [3], [9]],
    ['b', [4], [5]],
    ['b', [5], [6]],
  ]);
});

test('train without an episode is refused', async () => {
  const failure = await failureOf(runKind(dataEpisodes, { inputs: { pairs: await pairsOf({ a: 14 }) } }));
  expect(failure).toMatchObject({
    reason: 'bad-data',
    message: expect.stringContaining('no user has 15 pairs'),
  });
});

test('an evaluation with a smaller k takes the last of the list: the newest pairs, or the first where asked for', async () => {
  const inputs = { pairs: await pairsOf({ a: 5 }) };
  const supportOf = async (support_order: string) => {
    const run = await runKind(dataEpisodes, { with: { k: 3, q: 1, support_order }, inputs });
    const [row] = await rowsOf(run.path('test/episodes'));
    expect(row?.['query_pair_ids']).toEqual([4]);
    return row?.['support_pair_ids'];
  };
  expect(await supportOf('last')).toEqual([1, 2, 3]);
  expect(await supportOf('first')).toEqual([3, 2, 1]);
});

test('few users to judge by are said, with how many there are', async () => {
  const run = await runKind(dataEpisodes, {
    with: { k: 1, q: 2 },
    inputs: { pairs: await pairsOf({ a: 5, b: 2 }) },
  });
  expect(run.logged.filter((line) => line.startsWith('warning'))).toEqual([
    'warning: val: 1 of 2 users have the 3 pairs that k + q take; below 30, figures say little',
    'warning: test: 1 of 2 users have the 3 pairs that k + q take; below 30, figures say little',
  ]);
  const many = Object.fromEntries(Array.from({ length: 30 }, (_, user) => [`user-${user}`, 3]));
  const enough = await runKind(dataEpisodes, {
    with: { k: 1, q: 2 },
    inputs: { pairs: await pairsOf(many) },
  });
  expect(enough.logged.filter((line) => line.startsWith('warning'))).toEqual([]);
});
