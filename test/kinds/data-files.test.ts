import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readEpisodes } from '../../src/data/read-episodes.js';
import { dataFiles } from '../../src/kinds/data-files.js';
import { failureOf, rowsOf, runKind, temporaryFolder, typesOf, writeTable } from '../support/run-kind.js';

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
  expect(text).toContain('data/train_pairs.parquet: no column user_id; no column session_id');
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
    'data/val_pairs.parquet: label is not an item id (1 times, first: pair_id 11, label 2)',
  );
});
