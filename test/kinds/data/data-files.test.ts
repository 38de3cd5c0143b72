import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readEpisodes } from '../../../src/data/read-episodes.js';
import { dataFiles } from '../../../src/kinds/data/data-files.js';
import { failureOf, rowsOf, runKind, temporaryFolder, typesOf, writeTable } from '../../support/run-kind.js';

const parameters = {
  train: { pairs: 'data/train_pairs.parquet', episodes: 'data/train_episodes.parquet' },
  val: { pairs: 'data/val_pairs.parquet', episodes: 'data/val_episodes.parquet' },
  test: { pairs: 'data/test_pairs.parquet', episodes: 'data/test_episodes.parquet' },
  items: 'data/course2id.json',
};

// As pandas writes them: 64-bit lists, an index column, users as numbers, times as timestamps.
const pairTypes = {
  pair_id: 'BIGINT',
  user_id: 'BIGINT',
  session_id: 'VARCHAR',
  prefix: 'BIGINT[]',
  label: 'BIGINT',
  label_ts_epoch: 'TIMESTAMP',
  prefix_len: 'BIGINT',
  __index_level_0__: 'BIGINT',
};
const episodeTypes = {
  episode_id: 'BIGINT',
  user_id: 'BIGINT',
  support_pair_ids: 'BIGINT[]',
  query_pair_ids: 'BIGINT[]',
};
const pair = (pair_id: number, label: number) => ({
  pair_id,
  user_id: 7,
  session_id: 's1',
  prefix: [0, 1],
  label,
  label_ts_epoch: new Date(pair_id * 1000),
  prefix_len: 2,
  __index_level_0__: 1,
});

async function notebook(): Promise<string> {
  const root = temporaryFolder();
  mkdirSync(join(root, 'data'));
  for (const split of ['train', 'val', 'test']) {
    await writeTable(join(root, `data/${split}_pairs.parquet`), pairTypes, [pair(10, 0), pair(11, 2)]);
    await writeTable(join(root, `data/${split}_episodes.parquet`), episodeTypes, [
      { episode_id: 3, user_id: 7, support_pair_ids: [10], query_pair_ids: [11] },
    ]);
  }
  writeFileSync(join(root, 'data/course2id.json'), '{"C_1": 0, "C_2": 1, "C_3": 2}');
  return root;
}

test('a notebook’s files are taken in kshot’s own types and can be read as episodes', async () => {
  const run = await runKind(dataFiles, { root: await notebook(), with: parameters });
  expect(await rowsOf(run.path('val/pairs'))).toEqual(
    [
      [10, 0],
      [11, 2],
    ].map(([pair_id, label]) => ({
      pair_id,
      user_id: '7',
      session_id: 's1',
      prefix: [0, 1],
      label,
      label_ts_epoch: pair_id,
      prefix_len: 2,
    })),
  );
  expect((await typesOf(run.path('test/episodes')))['support_pair_ids']).toBe('BIGINT[]');
  const files = {
    pairs: run.path('test/pairs'),
    episodes: run.path('test/episodes'),
    items: run.path('test/items'),
  };
  const read = await readEpisodes(files, { threads: 1, maxPrefixLength: 50 });
  expect(read).toMatchObject({ itemCount: 3, episodes: [{ episodeId: 3, userId: '7' }] });
});

test('whatever is wrong with several files is told at once', async () => {
  const root = await notebook();
  await writeTable(join(root, 'data/train_pairs.parquet'), { pair_id: 'BIGINT', label: 'VARCHAR' }, []);
  writeFileSync(join(root, 'data/val_pairs.parquet'), 'no parquet');
  await writeTable(join(root, 'data/test_episodes.parquet'), episodeTypes, [
    { episode_id: 3, user_id: 7, support_pair_ids: [10], query_pair_ids: [99] },
  ]);
  const failure = await failureOf(runKind(dataFiles, { root, with: parameters }));
  const text = [failure.message, ...(failure.details ?? [])].join('\n');
  expect(text).toContain('data/train_pairs.parquet: no column prefix');
  expect(text).toContain('column label is VARCHAR, expected INTEGER');
  expect(text).toContain('data/val_pairs.parquet: ');
  expect(text).toContain('data/test_episodes.parquet: query_pair_ids names a pair that is not in the pairs');
});

test('padded prefixes and ids beyond the catalogue are refused', async () => {
  const root = await notebook();
  await writeTable(join(root, 'data/train_pairs.parquet'), pairTypes, [
    { ...pair(10, 0), prefix_len: 1 },
    pair(11, 0),
  ]);
  writeFileSync(join(root, 'data/course2id.json'), '{"C_1": 0, "C_2": 1}');
  const failure = await failureOf(runKind(dataFiles, { root, with: parameters }));
  const text = [failure.message, ...(failure.details ?? [])].join('\n');
  expect(text).toContain(
    'data/train_pairs.parquet: prefix is longer than prefix_len in 1 rows (first: pair_id 10)',
  );
  expect(text).toContain(
    'data/val_pairs.parquet: label is not an item id (1 times, first: row 1, pair_id 11, label 2)',
  );
});

/** A folder with no more columns than it needs: prefixes as text, no users, sessions or lengths in the pairs. */
async function bareFolder(
  prefixes: readonly string[] = ['[0]', '0 1', '(0,1, 2)', '2', '[0, 2]'],
): Promise<string> {
  const root = temporaryFolder();
  mkdirSync(join(root, 'data'));
  for (const split of ['train', 'val', 'test']) {
    await writeTable(
      join(root, `data/${split}_pairs.parquet`),
      { pair_id: 'INTEGER', prefix: 'VARCHAR', label: 'INTEGER', label_ts_epoch: 'BIGINT' },
      prefixes.map((prefix, index) => ({
        pair_id: index + 1,
        prefix,
        label: [1, 2, 0, 0, 1][index] ?? 0,
        label_ts_epoch: 100 + index,
      })),
    );
    await writeTable(
      join(root, `data/${split}_episodes.parquet`),
      { user_id: 'VARCHAR', support_pair_ids: 'VARCHAR', query_pair_ids: 'BIGINT[]' },
      [
        { user_id: `U_${split}`, support_pair_ids: '[1, 2]', query_pair_ids: [3, 4] },
        { user_id: `U_${split}`, support_pair_ids: '[2, 3]', query_pair_ids: [4, 1] },
      ],
    );
  }
  writeFileSync(join(root, 'data/course2id.json'), '{"C_1": 0, "C_2": 1, "C_3": 2}');
  return root;
}

test('owners come from the episodes, sessions from the prefixes, and text is read as a list', async () => {
  const run = await runKind(dataFiles, { root: await bareFolder(), with: parameters });
  const common = { user_id: 'U_test' };
  expect(await rowsOf(run.path('test/pairs'))).toEqual([
    {
      ...common,
      pair_id: 1,
      session_id: 'U_test/1',
      prefix: [0],
      label: 1,
      label_ts_epoch: 100,
      prefix_len: 1,
    },
    {
      ...common,
      pair_id: 2,
      session_id: 'U_test/1',
      prefix: [0, 1],
      label: 2,
      label_ts_epoch: 101,
      prefix_len: 2,
    },
    {
      ...common,
      pair_id: 3,
      session_id: 'U_test/1',
      prefix: [0, 1, 2],
      label: 0,
      label_ts_epoch: 102,
      prefix_len: 3,
    },
    {
      ...common,
      pair_id: 4,
      session_id: 'U_test/2',
      prefix: [2],
      label: 0,
      label_ts_epoch: 103,
      prefix_len: 1,
    },
  ]);
  expect(await rowsOf(run.path('val/episodes'))).toEqual([
    { episode_id: 0, user_id: 'U_val', support_pair_ids: [1, 2], query_pair_ids: [3, 4] },
    { episode_id: 1, user_id: 'U_val', support_pair_ids: [2, 3], query_pair_ids: [4, 1] },
  ]);
  expect(run.logged).toContain(
    'train: 2 episodes of 1 users, 5 pairs; 1 of them left out: no episode names them, and the file has no user_id',
  );
});

test.each([
  ['[1, x]', 'column prefix cannot be read in 1 rows (first: row 1: "[1, x]")'],
  ['1.5 2', 'column prefix cannot be read in 1 rows (first: row 1: "1.5 2")'],
  ['[0 1 ... 2]', 'column prefix cannot be read in 1 rows (first: row 1: "[0 1 ... 2]")'],
  ['0, 3', 'prefix holds something that is not an item id (1 times, first: row 1, pair_id 2)'],
  ['-1', 'prefix holds something that is not an item id (1 times, first: row 1, pair_id 2)'],
  [
    '99999999999999999999',
    'prefix holds something that is not an item id (1 times, first: row 1, pair_id 2)',
  ],
  ['[]', 'prefix is empty (1 times, first: row 1, pair_id 2)'],
])('the prefix %s is refused by file, row and column', async (prefix, problem) => {
  const root = await bareFolder(['0', prefix, '0', '0', '0']);
  const failure = await failureOf(runKind(dataFiles, { root, with: parameters }));
  expect(failure.reason).toBe('bad-data');
  expect(failure.message).toBe(`data/train_pairs.parquet: ${problem}`);
});

test('a number too large for its column and a pair of two owners are refused; users of two splits are told', async () => {
  const root = await bareFolder();
  await writeTable(
    join(root, 'data/train_pairs.parquet'),
    { pair_id: 'BIGINT', prefix: 'BIGINT[]', label: 'BIGINT', label_ts_epoch: 'BIGINT' },
    [{ pair_id: 1, prefix: [0], label: 3_000_000_000, label_ts_epoch: 1 }],
  );
  await writeTable(
    join(root, 'data/test_episodes.parquet'),
    { user_id: 'VARCHAR', support_pair_ids: 'BIGINT[]', query_pair_ids: 'BIGINT[]' },
    [
      { user_id: 'a', support_pair_ids: [1], query_pair_ids: [2] },
      { user_id: 'b', support_pair_ids: [2], query_pair_ids: [3] },
    ],
  );
  const failure = await failureOf(runKind(dataFiles, { root, with: parameters }));
  expect(failure.message).toBe(
    'data/train_pairs.parquet: column label cannot be read in 1 rows (first: row 0: "3000000000")',
  );
  expect(failure.details?.join('\n')).toContain(
    'data/test_episodes.parquet: support_pair_ids names a pair of another user (1 times, first: row 1, episode_id 1, pair_id 2)',
  );
  const told = await runKind(dataFiles, { root: await notebook(), with: parameters });
  expect(told.logged).toContain(
    'warning: 1 user is in test and train and val (first: 7): what is learned of them is no cold start',
  );
});

test('a user of test in the pairs of train, support after a query and prefixes shorter than they should be are told', async () => {
  const root = await bareFolder();
  await writeTable(
    join(root, 'data/train_pairs.parquet'),
    {
      pair_id: 'BIGINT',
      user_id: 'VARCHAR',
      prefix: 'BIGINT[]',
      label: 'INTEGER',
      label_ts_epoch: 'BIGINT',
      prefix_len: 'INTEGER',
    },
    [1, 2, 3, 4, 5].map((pair_id) => ({
      pair_id,
      user_id: pair_id === 5 ? 'U_test' : 'U_train',
      prefix: [0],
      label: 1,
      label_ts_epoch: 100,
      prefix_len: pair_id === 3 ? 7 : 1,
    })),
  );
  const { logged } = await runKind(dataFiles, { root, with: parameters });
  expect(logged.filter((line) => line.startsWith('warning'))).toEqual([
    'warning: data/train_pairs.parquet: prefix has fewer items than prefix_len says in 1 row (first: pair_id 3): they are taken as they stand, as if cut to their last items',
    'warning: val: in 1 of 2 episodes a support pair is later than a query pair: what they ask for is already known',
    'warning: test: in 1 of 2 episodes a support pair is later than a query pair: what they ask for is already known',
    'warning: 1 user is in test and train (first: U_test): what is learned of them is no cold start',
  ]);
});
