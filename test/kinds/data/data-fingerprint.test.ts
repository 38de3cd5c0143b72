import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeItemCatalogue } from '../../../src/data/item-catalogue.js';
import { coldStartText } from '../../../src/data/split-texts.js';
import { dataFingerprint } from '../../../src/kinds/data/data-fingerprint.js';
import { warningsOfData } from '../../../src/report/data-warnings.js';
import type { Inputs } from '../../support/kind-context.js';
import { runKind, temporaryFolder, writeTable } from '../../support/run-kind.js';

async function fingerprint(data: Inputs, logged: string[] = []) {
  const run = await runKind(dataFingerprint, { inputs: { data } });
  logged.push(...run.logged);
  return JSON.parse(readFileSync(run.path('fingerprint'), 'utf8'));
}

const pairTypes = { pair_id: 'BIGINT', user_id: 'VARCHAR', label_ts_epoch: 'DOUBLE' };
const episodeTypes = {
  episode_id: 'BIGINT',
  user_id: 'VARCHAR',
  support_pair_ids: 'BIGINT[]',
  query_pair_ids: 'BIGINT[]',
};

/** One episode [0] [1] for each user, whose two pairs have the times given. */
async function split(times: { readonly [user: string]: readonly [number, number] }) {
  const folder = temporaryFolder();
  const pairs = join(folder, 'pairs');
  const episodes = join(folder, 'episodes');
  const users = Object.entries(times);
  await writeTable(
    pairs,
    pairTypes,
    users.flatMap(([user_id, [first, second]], index) => [
      { pair_id: 2 * index, user_id, label_ts_epoch: first },
      { pair_id: 2 * index + 1, user_id, label_ts_epoch: second },
    ]),
  );
  await writeTable(
    episodes,
    episodeTypes,
    users.map(([user_id], index) => ({
      episode_id: index,
      user_id,
      support_pair_ids: [2 * index],
      query_pair_ids: [2 * index + 1],
    })),
  );
  return { pairs, episodes };
}

test('a file has its digest, rows, schema and the statistics of each column, lists by their elements', async () => {
  const path = join(temporaryFolder(), 'table');
  await writeTable(path, { id: 'BIGINT', name: 'VARCHAR', ids: 'INTEGER[]' }, [
    { id: 1, name: 'b', ids: [5, 3] },
    { id: 2, name: null, ids: [] },
    { id: 4, name: 'a', ids: [3] },
  ]);
  const bytes = readFileSync(path);
  expect(await fingerprint(path)).toEqual({
    files: {
      '': {
        sha256: createHash('sha256').update(bytes).digest('hex'),
        bytes: bytes.length,
        rows: 3,
        columns: {
          id: { type: 'BIGINT', nulls: 0, min: 1, max: 4, distinct: 3 },
          name: { type: 'VARCHAR', nulls: 1, min: 'a', max: 'b', distinct: 2 },
          ids: { type: 'INTEGER[]', nulls: 0, min_length: 0, max_length: 2, min: 3, max: 5, distinct: 2 },
        },
      },
    },
  });
});

test('a catalogue is counted, and any other file has digest and size', async () => {
  const folder = temporaryFolder();
  writeItemCatalogue(join(folder, 'items'), ['x', 'y', 'z']);
  writeFileSync(join(folder, 'model'), Buffer.of(0, 1, 2));
  const { files } = await fingerprint({ items: join(folder, 'items'), models: [join(folder, 'model')] });
  expect(files['items'].names).toBe(3);
  expect(files['models/0']).toEqual({ sha256: expect.stringMatching(/^[0-9a-f]{64}$/), bytes: 3 });
});

test('splits that share no user are disjoint, and an order that only the file gives is counted', async () => {
  const found = await fingerprint({
    train: await split({ a: [1, 2], b: [3, 3] }),
    val: await split({ c: [1, 2] }),
    test: await split({ d: [5, 5], e: [6, 6], f: [7, 8] }),
  });
  expect(found.users).toEqual({
    splits: {
      train: { users: 2, users_with_episodes: 2 },
      val: { users: 1, users_with_episodes: 1 },
      test: { users: 3, users_with_episodes: 3 },
    },
    disjoint: true,
    shared: [],
  });
  const order = (episodes: number, tied_boundaries: number) => ({
    episodes,
    support_after_query: 0,
    tied_boundaries,
    with_foreign_pairs: 0,
  });
  expect(found.order).toEqual({ train: order(2, 1), val: order(1, 0), test: order(3, 2) });
});

test('a shared user, support after query and another user’s pair show', async () => {
  const bad = await split({ a: [2, 1], z: [1, 2] });
  await writeTable(bad.episodes, episodeTypes, [
    { episode_id: 0, user_id: 'a', support_pair_ids: [0], query_pair_ids: [1] },
    { episode_id: 1, user_id: 'z', support_pair_ids: [1], query_pair_ids: [3] },
    { episode_id: 2, user_id: 'z', support_pair_ids: [2], query_pair_ids: [77] },
  ]);
  const found = await fingerprint({ train: bad, test: await split({ a: [1, 2] }) });
  expect(found.users).toMatchObject({
    disjoint: false,
    shared: [{ splits: 'test, train', users: 1, example: 'a' }],
  });
  expect(found.order.train).toEqual({
    episodes: 3,
    support_after_query: 1,
    tied_boundaries: 0,
    with_foreign_pairs: 2,
  });
  expect(warningsOfData({ fingerprint: found })).toEqual([
    'fingerprint: 1 user is in test and train (first: a): what is learned of them is no cold start',
    'fingerprint: train: in 1 of 3 episodes a support pair is later than a query pair: what they ask for is already known',
  ]);
});

test('splits of pairs without episodes are compared by user', async () => {
  const { pairs } = await split({ a: [1, 2] });
  const found = await fingerprint({ train: pairs, val: pairs });
  expect(found.users).toMatchObject({ splits: { train: { users: 1 } }, disjoint: false });
  expect(found.order).toBeUndefined();
});

test('what is proved from the bounds of sets is what counting every pair gives', async () => {
  const pairs = (ids: readonly number[]) =>
    ids.map((pair_id) => ({
      pair_id,
      user_id: pair_id < 4 ? 'a' : 'b',
      label_ts_epoch: pair_id - (pair_id % 2),
    }));
  const sets = [
    [[0], [1, 2]],
    [[2, 1], [3]],
    [[4], [5]],
  ];
  const episodes = sets.map(([support_pair_ids = [], query_pair_ids = []], episode_id) => ({
    episode_id,
    user_id: episode_id < 2 ? 'a' : 'b',
    support_pair_ids,
    query_pair_ids,
  }));
  const orderOf = async (ids: readonly number[], listed: typeof episodes) => {
    const one = await split({});
    await writeTable(one.pairs, pairTypes, pairs(ids));
    await writeTable(one.episodes, episodeTypes, listed);
    return (await fingerprint({ train: one })).order.train;
  };
  // Rows out of order have no bounds to go by.
  const counted = await orderOf([5, 4, 3, 2, 1, 0], episodes);
  expect(counted).toEqual({ episodes: 3, support_after_query: 0, tied_boundaries: 3, with_foreign_pairs: 0 });
  expect(await orderOf([0, 1, 2, 3, 4, 5], episodes)).toEqual(counted);
  // A set without pairs, a pair that is not there, a pair of nobody's.
  for (const broken of [
    { ...episodes[2], query_pair_ids: [] },
    { ...episodes[2], query_pair_ids: [6] },
    { ...episodes[2], user_id: 'c' },
  ]) {
    const listed = [...episodes.slice(0, 2), broken as (typeof episodes)[number]];
    expect(await orderOf([0, 1, 2, 3, 4, 5], listed)).toEqual(await orderOf([5, 4, 3, 2, 1, 0], listed));
  }
});

test('distinct ids are counted whether they ascend, repeat or have holes', async () => {
  const path = join(temporaryFolder(), 'table');
  const columns = { up: [1, 2, 5], again: [1, 1, 2], hole: [1, null, 1], down: [3, 2, 1] };
  await writeTable(
    path,
    Object.fromEntries(Object.keys(columns).map((name) => [name, 'BIGINT'])),
    [0, 1, 2].map((row) =>
      Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, values[row] ?? null])),
    ),
  );
  const found = (await fingerprint(path)).files[''].columns;
  const distinct = Object.fromEntries(Object.keys(columns).map((name) => [name, found[name].distinct]));
  expect(distinct).toEqual({ up: 3, again: 2, hole: 1, down: 3 });
});

test('of val and test it says what is asked for: labels of the support, of no train pair, and what train knew later', async () => {
  const types = { ...pairTypes, label: 'INTEGER' };
  const folder = temporaryFolder();
  const [train, test, episodes] = ['train', 'test', 'episodes'].map((name) => join(folder, name));
  const hour = 3600;
  await writeTable(
    train!,
    types,
    [
      [1, 0],
      [2, 10],
      [3, 20],
      [3, 30],
    ].map(([label, hours], index) => ({
      pair_id: index,
      user_id: 'a',
      label: label!,
      label_ts_epoch: hours! * hour,
    })),
  );
  // Support 1 and 2, then asked for: 2 after half of train, 9 after all of it, 3 before any.
  await writeTable(
    test!,
    types,
    [
      [1, 1],
      [2, 2],
      [2, 15],
      [9, 40],
      [3, -1],
    ].map(([label, hours], index) => ({
      pair_id: index,
      user_id: 'b',
      label: label!,
      label_ts_epoch: hours! * hour,
    })),
  );
  await writeTable(episodes!, episodeTypes, [
    { episode_id: 0, user_id: 'b', support_pair_ids: [0, 1], query_pair_ids: [2, 3, 4] },
  ]);
  const logged: string[] = [];
  const found = await fingerprint(
    { train: { pairs: train!, episodes: episodes! }, test: { pairs: test!, episodes: episodes! } },
    logged,
  );
  expect(found['cold_start']).toEqual({
    test: {
      query_pairs: 3,
      labels_in_support: 1,
      labels_not_in_train: 1,
      train_pairs_later: 0.5,
      train_pairs_from_first_query_on: 4,
    },
  });
  expect(coldStartText(found['cold_start'].test)).toBe(
    "33 % of the labels asked for stand in the episode's own support, 33 % never in train; 50 % of train is later than what is asked, on average.",
  );
  expect(coldStartText({ query_pairs: 0, labels_in_support: 0 })).toBe('Nothing is asked for.');
  expect(logged).toContain(`test: ${coldStartText(found['cold_start'].test)}`);
});
