import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/base/json.js';
import { writeItemCatalogue } from '../../../src/data/item-catalogue.js';
import { readEpisodes } from '../../../src/data/read-episodes.js';
import { baselineMarkov } from '../../../src/kinds/evaluate/baseline-markov.js';
import { baselinePopularity } from '../../../src/kinds/evaluate/baseline-popularity.js';
import { baselineRandom } from '../../../src/kinds/evaluate/baseline-random.js';
import { baselineSessionKnn } from '../../../src/kinds/evaluate/baseline-session-knn.js';
import type { Kind } from '../../../src/kinds/kind.js';
import type { Inputs } from '../../support/kind-context.js';
import { failureOf, rowsOf, runKind, temporaryFolder, writeTable } from '../../support/run-kind.js';
import { makeSmallData } from '../../support/small-data.js';
import { writeSmallSplit } from '../../support/small-episodes.js';

type Columns = { readonly [name: string]: string };

const pairColumns: Columns = {
  pair_id: 'BIGINT',
  user_id: 'VARCHAR',
  session_id: 'VARCHAR',
  prefix: 'INTEGER[]',
  label: 'INTEGER',
  label_ts_epoch: 'DOUBLE',
  prefix_len: 'INTEGER',
};
const episodeColumns: Columns = {
  episode_id: 'BIGINT',
  user_id: 'VARCHAR',
  support_pair_ids: 'BIGINT[]',
  query_pair_ids: 'BIGINT[]',
};

interface Session {
  readonly user: string;
  readonly items: readonly number[];
  /** Of its first event; a second passes from one to the next. */
  readonly at: number;
}

/** A split whose users each have one episode: their first pair, and all others to query. */
async function splitOf(sessions: readonly Session[], items: number) {
  const folder = temporaryFolder();
  const files = {
    pairs: join(folder, 'pairs.parquet'),
    episodes: join(folder, 'episodes.parquet'),
    items: join(folder, 'items.json'),
  };
  const pairs = sessions.flatMap((session, index) =>
    session.items.slice(1).map((label, before) => ({
      user_id: session.user,
      session_id: `session-${index}`,
      prefix: session.items.slice(0, before + 1),
      label,
      label_ts_epoch: session.at + before + 1,
      prefix_len: before + 1,
    })),
  );
  const rows = pairs.map((pair, pair_id) => ({ pair_id, ...pair }));
  const users = [...new Set(rows.map((row) => row.user_id))];
  const episodes = users.map((user_id, episode_id) => {
    const [first = 0, ...others] = rows.filter((row) => row.user_id === user_id).map((row) => row.pair_id);
    return { episode_id, user_id, support_pair_ids: [first], query_pair_ids: others };
  });
  await writeTable(files.pairs, pairColumns, rows);
  await writeTable(files.episodes, episodeColumns, episodes);
  writeItemCatalogue(
    files.items,
    Array.from({ length: items }, (_, id) => `item-${id}`),
  );
  return files;
}

const ranksOf = async (kind: Kind, parameters: JsonObject, inputs: { readonly [port: string]: Inputs }) =>
  await rowsOf((await runKind(kind, { with: parameters, inputs })).path('ranks'));

const python = '/usr/bin/python3';
const problem = (() => {
  try {
    execFileSync(python, ['-c', 'import numpy, pandas'], { stdio: 'pipe' });
    return undefined;
  } catch (error) {
    return `${python} with numpy and pandas is missing: ${(error as Error).message.split('\n')[0]}`;
  }
})();
if (problem !== undefined) console.warn(`skipped: the comparisons with Python, because ${problem}`);

describe.each([
  ['baseline.random', baselineRandom],
  ['baseline.popularity', baselinePopularity],
  ['baseline.markov', baselineMarkov],
  ['baseline.session_knn', baselineSessionKnn],
] as const)('%s', (_, kind) => {
  it('lists the items that it ranks first where asked to, and ranks as without', async () => {
    const folders = [temporaryFolder(), temporaryFolder()];
    const train = await writeSmallSplit(folders[0] ?? '', { users: 9, items: 8 });
    const episodes = await writeSmallSplit(folders[1] ?? '', { users: 12, items: 8 });
    const inputs = kind === baselineRandom ? { episodes } : { train, episodes };
    const { path } = await runKind(kind, { with: { top_items: 5 }, inputs });
    const ranks = await rowsOf(path('ranks'));
    expect(ranks).toEqual(await ranksOf(kind, {}, inputs));
    const lists = new Map<string, unknown[]>();
    for (const { episode_id, pair_id, position, item } of await rowsOf(path('top'))) {
      const list = lists.get(`${episode_id} ${pair_id}`) ?? [];
      lists.set(`${episode_id} ${pair_id}`, list);
      list[Number(position) - 1] = item;
    }
    expect(lists.size).toBe(ranks.length);
    for (const { episode_id, pair_id, label, rank } of ranks) {
      const list = lists.get(`${episode_id} ${pair_id}`) ?? [];
      expect(new Set(list).size).toBe(5);
      // The label stands where its rank says, and nowhere else.
      expect(list.indexOf(label)).toBe(Number(rank) <= 5 ? Number(rank) - 1 : -1);
    }
    // Lists that go on behind the label: of popularity alone, all are one list.
    if (kind !== baselinePopularity) return;
    const counts = (await rowsOf(train.pairs)).map((row) => Number(row['label']));
    const often = (item: number) => counts.filter((label) => label === item).length;
    const order = [0, 1, 2, 3, 4, 5, 6, 7].sort((one, other) => often(other) - often(one) || one - other);
    for (const list of lists.values()) expect(list).toEqual(order.slice(0, 5));
  });
});

describe('baseline.random', () => {
  it('draws every rank about equally often, by seed and pair alone', async () => {
    const episodes = await writeSmallSplit(temporaryFolder(), { users: 400, items: 5, q: 8 });
    const rows = await ranksOf(baselineRandom, { seed: 1 }, { episodes });
    const counts = [1, 2, 3, 4, 5].map((rank) => rows.filter((row) => row['rank'] === rank).length);
    // The same pair in two episodes of a user has one rank, so distinct pairs are what varies by chance.
    const distinct = new Set(rows.map((row) => row['pair_id'])).size;
    const expected = rows.length / 5;
    const deviation = (rows.length / distinct) * Math.sqrt(distinct * 0.2 * 0.8);
    for (const count of counts) expect(Math.abs(count - expected)).toBeLessThan(4 * deviation);
    expect(await ranksOf(baselineRandom, { seed: 1 }, { episodes })).toEqual(rows);
    expect(await ranksOf(baselineRandom, { seed: 2 }, { episodes })).not.toEqual(rows);
    expect(await ranksOf(baselineRandom, { seed: 1, max_episodes: 3 }, { episodes })).toEqual(
      rows.filter((row) => Number(row['episode_id']) < 3),
    );
  });
});

describe('baseline.popularity', () => {
  it('ranks by how often an item came next in train, ties by id', async () => {
    const train = await splitOf(
      [
        { user: 'a', items: [0, 3, 1, 3], at: 0 },
        { user: 'b', items: [3, 2, 3, 1], at: 0 },
      ],
      6,
    );
    // Next items of train: 3 three times, 1 twice, 2 once, 0 only first; so 3, 1, 2, then 0, 4, 5.
    const episodes = await splitOf([{ user: 'c', items: [0, 0, 1, 2, 3, 4, 5, 0], at: 0 }], 6);
    const rows = await ranksOf(baselinePopularity, {}, { train, episodes });
    expect(rows.map((row) => [row['label'], row['rank']])).toEqual([
      [1, 2],
      [2, 3],
      [3, 1],
      [4, 5],
      [5, 6],
      [0, 4],
    ]);
    expect(rows[0]).toEqual({
      k: 1,
      steps: 0,
      inner_lr: null,
      episode_id: 0,
      user_id: 'c',
      pair_id: 1,
      label: 1,
      rank: 2,
    });
  });

  it('counts the latest pairs or days of train alone, and ranks equal ones by all of it', async () => {
    const day = 86_400;
    const train = await splitOf(
      [
        { user: 'a', items: [0, 3, 3, 3, 2], at: 0 },
        { user: 'b', items: [0, 1, 2, 1], at: 5 * day },
        { user: 'c', items: [0, 4, 5], at: 7 * day },
      ],
      6,
    );
    const episodes = await splitOf([{ user: 'd', items: [0, 0, 0, 1, 2, 3, 4, 5], at: 0 }], 6);
    const ranks = async (window: JsonObject) =>
      (await ranksOf(baselinePopularity, window, { train, episodes })).map((row) => row['rank']);
    // All: 3 three times, 1 and 2 twice, 4 and 5 once.
    expect(await ranks({})).toEqual([6, 2, 3, 1, 4, 5]);
    // The last three: 1, 4 and 5 once each, 1 the most popular of them; then 3, 2, 0 by all.
    expect(await ranks({ last_pairs: 3 })).toEqual([6, 1, 5, 4, 2, 3]);
    expect(await ranks({ last_days: 1 })).toEqual([6, 4, 5, 3, 1, 2]);
    // Days count from the latest label: those of user b began just over two days before it.
    expect(await ranks({ last_days: 2.001 })).toEqual([6, 1, 2, 5, 3, 4]);
    expect(await ranks({ last_days: 2.001, last_pairs: 3 })).toEqual(await ranks({ last_pairs: 3 }));
    expect(await ranks({ last_days: 90, last_pairs: 999 })).toEqual(await ranks({}));
  });

  it.skipIf(problem !== undefined)('counts as pandas does', async () => {
    const { train, test } = await makeSmallData({ users: 120, items: 30 });
    const program = `
import json, sys
import pandas as pd
asked = json.load(sys.stdin)
pairs = pd.DataFrame(asked["pairs"]).sort_values(["label_ts_epoch", "pair_id"])
everything = pairs["label"].value_counts().reindex(range(30), fill_value=0)
told = []
for days, last in asked["windows"]:
    recent = pairs if days is None else pairs[pairs["label_ts_epoch"] > pairs["label_ts_epoch"].max() - days * 86400]
    counts = (recent if last is None else recent.tail(last))["label"].value_counts().reindex(range(30), fill_value=0)
    frame = pd.DataFrame({"recent": counts, "all": everything, "item": range(30)})
    order = frame.sort_values(["recent", "all", "item"], ascending=[False, False, True])["item"].tolist()
    told.append([order.index(label) + 1 for label in asked["labels"]])
print(json.dumps(told))
`;
    const windows = [
      [null, 200],
      [3, null],
      [20, null],
    ] as const;
    const labels = (await ranksOf(baselinePopularity, {}, { train, episodes: test })).map(
      (row) => row['label'],
    );
    const asked = { pairs: await rowsOf(train.pairs), windows, labels };
    const output = execFileSync(python, ['-c', program], { input: JSON.stringify(asked) }).toString();
    for (const [index, [days, last]] of windows.entries()) {
      const window = {
        ...(days === null ? {} : { last_days: days }),
        ...(last === null ? {} : { last_pairs: last }),
      };
      const rows = await ranksOf(baselinePopularity, window, { train, episodes: test });
      expect(rows.map((row) => row['rank'])).toEqual((JSON.parse(output) as number[][])[index]);
    }
  });

  it('refuses episodes of another catalogue', async () => {
    const train = await splitOf([{ user: 'a', items: [0, 1], at: 0 }], 6);
    const episodes = await splitOf([{ user: 'c', items: [0, 1, 2], at: 0 }], 7);
    const failure = await failureOf(runKind(baselinePopularity, { with: {}, inputs: { train, episodes } }));
    expect(failure).toMatchObject({
      reason: 'bad-data',
      message: 'the training data has 6 items, and the episodes have 7',
    });
  });
});

describe('baseline.markov', () => {
  const alone = { support_weight: 0, max_prefix_length: 1 };

  it('ranks by what came after the last item in train, then by popularity, then by id', async () => {
    const train = await splitOf(
      [
        { user: 'a', items: [0, 1, 2, 0, 1], at: 0 },
        { user: 'b', items: [0, 3, 2], at: 0 },
      ],
      6,
    );
    // After 0: 1 twice, 3 once. Labels of train: 1 and 2 twice, 0 and 3 once. So 1, 3, 2, 0, 4, 5 after 0.
    const rankAfter0 = async (label: number) => {
      const episodes = await splitOf([{ user: 'c', items: [5, 0, label], at: 0 }], 6);
      const rows = await ranksOf(baselineMarkov, alone, { train, episodes });
      return rows.map((row) => row['rank']);
    };
    expect(await Promise.all([1, 3, 2, 4, 5].map(rankAfter0))).toEqual([[1], [2], [3], [5], [6]]);
  });

  it("adds the shares of the user's own support pairs and prefix, by their weight", async () => {
    const train = await splitOf([{ user: 'a', items: [0, 1, 0, 1, 0, 2], at: 0 }], 5);
    // The support pair of the user is 0 -> 3; the queries are after 3, and after 0 with 0 -> 3 in the prefix.
    const episodes = await splitOf([{ user: 'c', items: [0, 3, 0, 3], at: 0 }], 5);
    const ranks = async (support_weight: number) =>
      (await ranksOf(baselineMarkov, { support_weight, max_prefix_length: 50 }, { train, episodes })).map(
        (row) => row['rank'],
      );
    // After 3 nobody says anything, and 0 is as popular as 1. After 0 train says 1 by 2/3 and 2 by 1/3, the user 3 alone.
    expect(await ranks(0.3)).toEqual([1, 3]);
    expect(await ranks(0.5)).toEqual([1, 2]);
    expect(await ranks(0.7)).toEqual([1, 1]);
  });

  it.skipIf(problem !== undefined)('ranks as counting in Python does, with fractions', async () => {
    const { train, test } = await makeSmallData({ users: 120, items: 30 });
    const set = await readEpisodes(test, { threads: 1, maxPrefixLength: 50 });
    const pairAt = (pair: number) => [
      [...set.pairs.items.subarray(set.pairs.offsets[pair], set.pairs.offsets[pair + 1])],
      set.pairs.labels[pair],
    ];
    const episodes = set.episodes.map(({ support, query }) => ({
      support: Array.from(support, pairAt),
      query: Array.from(query, pairAt),
    }));
    const pairs = (await rowsOf(train.pairs)).map((pair) => [pair['prefix'], pair['label']]);
    const script = fileURLToPath(new URL('./markov_by_fractions.py', import.meta.url));
    // Powers of two, so that sums that are equal on paper are equal in floating point as often as can be.
    for (const support_weight of [0, 0.25, 2]) {
      const rows = await ranksOf(
        baselineMarkov,
        { support_weight, max_prefix_length: 50 },
        { train, episodes: test },
      );
      const asked = { items: 30, support_weight: String(support_weight), pairs, episodes };
      const output = execFileSync(python, [script], { input: JSON.stringify(asked) }).toString();
      const expected = JSON.parse(output) as number[];
      expect(rows).toHaveLength(expected.length);
      const equal = rows.filter((row, index) => row['rank'] === expected[index]).length;
      // Fractions know no last bit: two sums that are equal on paper may differ in it here, but seldom do.
      expect(equal).toBeGreaterThan(0.98 * expected.length);
    }
  });
});

describe('baseline.session_knn', () => {
  const search = {
    neighbours: 100,
    sample_size: 1000,
    similarity: 'cosine',
    exclude_last: false,
    max_prefix_length: 50,
  };

  it('ranks the item that came last behind all others where it is told to', async () => {
    const train = await splitOf([{ user: 'a', items: [0, 1, 2], at: 0 }], 5);
    const episodes = await splitOf([{ user: 'd', items: [4, 0, 1], at: 0 }], 5);
    const ranks = async (exclude_last: boolean) =>
      (await ranksOf(baselineSessionKnn, { ...search, exclude_last }, { train, episodes })).map(
        (row) => row['rank'],
      );
    // Items 0, 1 and 2 score alike after [4, 0]; without item 0 the next item, 1, is first.
    expect([await ranks(false), await ranks(true)]).toEqual([[2], [1]]);
  });

  it('looks at the latest sessions first, whatever their users are called', async () => {
    const train = await splitOf(
      [
        { user: 'a', items: [0, 1], at: 5_000 },
        { user: 'b', items: [0, 2], at: 9_000 },
        { user: 'c', items: [0, 3], at: 7_000 },
      ],
      5,
    );
    const rankOf = async (label: number, sample_size: number) => {
      const rows = await ranksOf(
        baselineSessionKnn,
        { ...search, sample_size, max_prefix_length: 1 },
        {
          train,
          episodes: await splitOf([{ user: 'd', items: [4, 0, label], at: 0 }], 5),
        },
      );
      return rows.map((row) => row['rank']);
    };
    // After item 0: with a sample of one only {0, 2} counts, of two {0, 3} too, of three all.
    expect(await rankOf(2, 1)).toEqual([2]);
    expect(await rankOf(3, 1)).toEqual([4]);
    expect([await rankOf(2, 2), await rankOf(3, 2), await rankOf(1, 2)]).toEqual([[2], [3], [4]]);
    expect([await rankOf(1, 3), await rankOf(2, 3), await rankOf(3, 3)]).toEqual([[2], [3], [4]]);
  });

  it.skipIf(problem !== undefined)('ranks as dense matrices in numpy do', async () => {
    const { train, test } = await makeSmallData({ users: 120, items: 30 });
    const set = await readEpisodes(test, { threads: 1, maxPrefixLength: 50 });
    const queries = set.episodes.flatMap(({ query }) =>
      Array.from(query, (pair) => [
        [...set.pairs.items.subarray(set.pairs.offsets[pair], set.pairs.offsets[pair + 1])],
        set.pairs.labels[pair],
      ]),
    );
    expect(queries.length).toBeGreaterThan(50);
    // Each session's last pair holds all of it.
    const whole = new Map<string, { last: number; items: unknown[] }>();
    for (const pair of await rowsOf(train.pairs)) {
      const items = [...(pair['prefix'] as number[]), pair['label']];
      whole.set(String(pair['session_id']), { last: Number(pair['label_ts_epoch']), items });
    }
    const sessions = [...whole.values()].sort((one, other) => other.last - one.last);
    expect(new Set(sessions.map(({ last }) => last)).size).toBe(sessions.length);
    const script = fileURLToPath(new URL('./session_knn_with_numpy.py', import.meta.url));
    for (const [neighbours, sample_size] of [
      [100, 1000],
      [7, 40],
    ] as const) {
      const rows = await ranksOf(
        baselineSessionKnn,
        { ...search, neighbours, sample_size },
        { train, episodes: test },
      );
      const asked = {
        items: 30,
        neighbours,
        sample_size,
        sessions: sessions.map(({ items }) => items),
        queries,
      };
      const output = execFileSync(python, [script], { input: JSON.stringify(asked) }).toString();
      const bounds = JSON.parse(output) as [number, number, number][];
      expect(rows).toHaveLength(bounds.length);
      for (const [index, [lowest, , highest]] of bounds.entries()) {
        expect(rows[index]?.['rank']).toBeGreaterThanOrEqual(lowest);
        expect(rows[index]?.['rank']).toBeLessThanOrEqual(highest);
      }
      // Sums that are equal on paper may differ in their last bit, but seldom do.
      const byId = bounds.filter(([, rank], index) => rows[index]?.['rank'] === rank);
      expect(byId.length).toBeGreaterThan(0.95 * bounds.length);
    }
  });
});
