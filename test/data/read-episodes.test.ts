import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FailureError } from '../../src/base/failure.js';
import { readItemCatalogue, writeItemCatalogue } from '../../src/data/item-catalogue.js';
import { readEpisodes, selectPairs } from '../../src/data/read-episodes.js';
import { withDatabase } from '../../src/tables/database.js';
import { type CellInput, writeRowsParquet } from '../../src/tables/parquet.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kshot-episodes-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

type Rows = readonly { readonly [column: string]: CellInput }[];

const pairTypes = { pair_id: 'BIGINT', user_id: 'VARCHAR', prefix: 'BIGINT[]', label: 'BIGINT' };
const episodeTypes = {
  episode_id: 'BIGINT',
  user_id: 'VARCHAR',
  support_pair_ids: 'BIGINT[]',
  query_pair_ids: 'BIGINT[]',
};
const goodPairs: Rows = [
  { pair_id: 30, user_id: 'a', prefix: [0, 1, 2], label: 3 },
  { pair_id: 10, user_id: 'a', prefix: [0], label: 1 },
  { pair_id: 20, user_id: 'a', prefix: [0, 1], label: 2 },
  { pair_id: 5, user_id: 'b', prefix: [3], label: 0 },
  { pair_id: 6, user_id: 'b', prefix: [3, 0], label: 2 },
];
const goodEpisodes: Rows = [
  { episode_id: 8, user_id: 'b', support_pair_ids: [5], query_pair_ids: [6] },
  { episode_id: 7, user_id: 'a', support_pair_ids: [10, 20], query_pair_ids: [30] },
];

async function written(
  pairs: Rows,
  episodes: Rows,
  types: { pairs?: { [name: string]: string }; episodes?: { [name: string]: string } } = {},
) {
  const files = {
    pairs: join(folder, 'pairs.parquet'),
    episodes: join(folder, 'episodes.parquet'),
    items: join(folder, 'items.json'),
  };
  writeItemCatalogue(files.items, ['w', 'x', 'y', 'z']);
  await withDatabase({ threads: 1 }, async (database) => {
    const pairColumns = types.pairs ?? pairTypes;
    const episodeColumns = types.episodes ?? episodeTypes;
    const firstOf = (columns: { [name: string]: string }) => Object.keys(columns).slice(0, 1);
    await writeRowsParquet(database, {
      columns: pairColumns,
      rows: pairs,
      orderBy: firstOf(pairColumns),
      path: files.pairs,
    });
    await writeRowsParquet(database, {
      columns: episodeColumns,
      rows: episodes,
      orderBy: firstOf(episodeColumns),
      path: files.episodes,
    });
  });
  return files;
}

async function problemsOf(files: Parameters<typeof readEpisodes>[0]): Promise<string> {
  const error = await readEpisodes(files, { threads: 1, maxPrefixLength: 50 }).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof FailureError)) throw new Error(`expected a failure, got ${error}`);
  expect(error.failure.reason).toBe('bad-data');
  return [error.failure.message, ...(error.failure.details ?? [])].join('\n');
}

test('pairs come in order of id and episodes name them by index', async () => {
  const files = await written(goodPairs, goodEpisodes);
  expect(await readEpisodes(files, { threads: 2, maxPrefixLength: 50 })).toEqual({
    itemCount: 4,
    pairs: {
      items: Int32Array.of(3, 3, 0, 0, 0, 1, 0, 1, 2),
      offsets: Int32Array.of(0, 1, 3, 4, 6, 9),
      labels: Int32Array.of(0, 2, 1, 2, 3),
    },
    pairIds: Float64Array.of(5, 6, 10, 20, 30),
    episodes: [
      { episodeId: 7, userId: 'a', support: Int32Array.of(2, 3), query: Int32Array.of(4) },
      { episodeId: 8, userId: 'b', support: Int32Array.of(0), query: Int32Array.of(1) },
    ],
  });
});

test('a long prefix keeps its last items', async () => {
  const files = await written(goodPairs, goodEpisodes);
  const { pairs } = await readEpisodes(files, { threads: 1, maxPrefixLength: 2 });
  expect(pairs.items).toEqual(Int32Array.of(3, 3, 0, 0, 0, 1, 1, 2));
  expect(pairs.offsets).toEqual(Int32Array.of(0, 1, 3, 4, 6, 8));
});

test('selected pairs stand in the order asked for', () => {
  const pairs = {
    items: Int32Array.of(3, 0, 1, 2),
    offsets: Int32Array.of(0, 1, 3, 4),
    labels: Int32Array.of(7, 8, 9),
  };
  expect(selectPairs(pairs, [2, 1, 1])).toEqual({
    items: Int32Array.of(2, 0, 1, 0, 1),
    offsets: Int32Array.of(0, 1, 3, 5),
    labels: Int32Array.of(9, 8, 8),
  });
});

test('every kind of wrong value is named, all at once, with an example', async () => {
  const files = await written(
    [
      { pair_id: 1, user_id: 'a', prefix: [], label: 1 },
      { pair_id: 2, user_id: 'a', prefix: [0, 4], label: 4 },
      { pair_id: 3, user_id: 'b', prefix: [0], label: -1 },
      { pair_id: 3, user_id: 'b', prefix: [0], label: 1 },
    ],
    [
      { episode_id: 1, user_id: 'a', support_pair_ids: [1, 9], query_pair_ids: [1] },
      { episode_id: 1, user_id: 'a', support_pair_ids: [], query_pair_ids: [3] },
    ],
  );
  const text = await problemsOf(files);
  for (const expected of [
    'pairs: pair_id is not unique (1 times, first: row 3, pair_id 3)',
    'pairs: prefix is empty (1 times, first: row 0, pair_id 1)',
    'pairs: prefix holds something that is not an item id (1 times, first: row 1, pair_id 2)',
    'pairs: label is not an item id (2 times, first: row 1, pair_id 2, label 4)',
    'episodes: episode_id is not unique',
    'episodes: support_pair_ids or query_pair_ids is empty',
    'episodes: support_pair_ids names a pair that is not in the pairs (1 times, first: row 0, episode_id 1, pair_id 9)',
    'episodes: query_pair_ids names a pair of another user',
    'episodes: a pair stands twice in one episode',
  ]) {
    expect(text).toContain(expected);
  }
});

test('missing columns and wrong types are listed together', async () => {
  const files = await written([{ pair_id: 1, user_id: 'a', label: 'x' }], goodEpisodes, {
    pairs: { pair_id: 'BIGINT', user_id: 'VARCHAR', label: 'VARCHAR' },
  });
  expect(await problemsOf(files)).toBe('pairs: no column prefix; column label is VARCHAR, expected INTEGER');
});

test('a null and a split without episodes are bad data', async () => {
  expect(await problemsOf(await written([{ pair_id: 1, user_id: 'a', prefix: [0] }], []))).toBe(
    'pairs: column label is null in 1 rows (first: row 0)',
  );
  expect(await problemsOf(await written(goodPairs, []))).toBe('episodes: there is no episode');
});

test('names that look like numbers or like parts of JavaScript keep their ids', () => {
  const names = ['12', '__proto__', '3', 'a"b', 'constructor'];
  const path = join(folder, 'items.json');
  writeItemCatalogue(path, names);
  expect(readItemCatalogue(path, 'items.json')).toEqual(names);
});

test.each([
  ['[1]', 'not a JSON object'],
  ['{"a": 0', 'not JSON'],
  ['{}', 'holds no item'],
  ['{"a": 1, "b": 2}', '"b" has id 2, not one of 0 to 1'],
  ['{"a": 0, "b": 0}', '"a" and "b" both have id 0'],
])('the catalogue %s is refused: %s', (text, problem) => {
  const path = join(folder, 'items.json');
  writeFileSync(path, text);
  expect(() => readItemCatalogue(path, 'course2id.json')).toThrow(`course2id.json: ${problem}`);
});
