import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readEpisodes } from '../../../src/data/read-episodes.js';
import { syntheticInteractions } from '../../../src/data/synthetic-interactions.js';
import { dataEpisodes } from '../../../src/kinds/data/data-episodes.js';
import { dataPairs } from '../../../src/kinds/data/data-pairs.js';
import { dataSplit } from '../../../src/kinds/data/data-split.js';
import { dataSynthetic } from '../../../src/kinds/data/data-synthetic.js';
import { rowsOf, runKind } from '../../support/run-kind.js';

function itemsByUser(
  events: ReturnType<typeof syntheticInteractions>,
): ReadonlyMap<string, readonly string[]> {
  const taken = new Map<string, string[]>();
  for (const { user_id, item_id } of events) {
    const own = taken.get(user_id) ?? [];
    own.push(item_id);
    taken.set(user_id, own);
  }
  return taken;
}

const world = { users: 200, items: 60, tracks: 5, repeats: true, seed: 9 };

test('equal options make equal events, another seed others, and a learner keeps its own when others join', () => {
  const events = syntheticInteractions(world);
  expect(syntheticInteractions(world)).toEqual(events);
  expect(syntheticInteractions({ ...world, seed: 10 })).not.toEqual(events);
  const fewer = syntheticInteractions({ ...world, users: 50 });
  const kept = new Set(fewer.map((event) => event.user_id));
  expect(events.filter((event) => kept.has(event.user_id))).toEqual(fewer);
});

test('events come in order of time, a learner’s never at one second or twice on one item in a row', () => {
  const last = new Map<string, { timestamp: number; item_id: string }>();
  let time = 0;
  for (const event of syntheticInteractions(world)) {
    expect(event.timestamp).toBeGreaterThanOrEqual(time);
    time = event.timestamp;
    const before = last.get(event.user_id);
    if (before !== undefined) expect(event.timestamp).toBeGreaterThan(before.timestamp);
    if (before !== undefined && event.timestamp - before.timestamp <= 1800) {
      expect(event.item_id).not.toBe(before.item_id);
    }
    last.set(event.user_id, event);
  }
});

test('without repeats a learner takes each item once, to the last one, and goes on along few orders', () => {
  const events = syntheticInteractions({ ...world, repeats: false });
  const taken = itemsByUser(events);
  for (const own of taken.values()) expect(new Set(own).size).toBe(own.length);
  expect([...taken.values()].some((own) => own.length > 50)).toBe(true);
  const all = syntheticInteractions({ ...world, items: 8, repeats: false });
  expect(Math.max(...[...itemsByUser(all).values()].map((own) => own.length))).toBe(8);
  // What the tracks order recurs: the hundred most frequent of 60 * 59 steps would hold 2.8 % by chance.
  const steps = new Map<string, number>();
  for (const own of taken.values()) {
    for (const [index, item] of own.slice(1).entries()) {
      const step = `${own[index]} ${item}`;
      steps.set(step, (steps.get(step) ?? 0) + 1);
    }
  }
  const counts = [...steps.values()].sort((one, other) => other - one);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const top = counts.slice(0, 100).reduce((sum, count) => sum + count, 0);
  expect(top / total).toBeGreaterThan(0.12);
});

test('by default it is shaped like the real thing, and a learner’s few pairs tell much of what comes next', async () => {
  const made = await runKind(dataSynthetic, { with: { seed: 20260107 } });
  const pairs = await runKind(dataPairs, { inputs: { interactions: made.path('interactions') } });
  expect(Object.keys(JSON.parse(readFileSync(pairs.path('items'), 'utf8')))).toHaveLength(343);
  const lengths = (await rowsOf(pairs.path('pairs'), 'prefix_len, user_id')).map((row) => ({
    length: Number(row['prefix_len']),
    user: String(row['user_id']),
  }));
  const sorted = Int32Array.from(lengths, ({ length }) => length).sort();
  expect(sorted[Math.floor(sorted.length * 0.5)]).toBe(2);
  expect(Math.abs((sorted[Math.floor(sorted.length * 0.9)] ?? 0) - 14)).toBeLessThanOrEqual(2);
  const perUser = new Map<string, number>();
  for (const { user } of lengths) perUser.set(user, (perUser.get(user) ?? 0) + 1);
  expect([...perUser.values()].filter((count) => count >= 15).length / 1200).toBeGreaterThan(0.9);

  const splits = await runKind(dataSplit, {
    inputs: { pairs: { pairs: pairs.path('pairs'), items: pairs.path('items') } },
  });
  const [train, val, test, items] = ['train', 'val', 'test', 'items'].map((name) => splits.path(name));
  if (!train || !val || !test || !items) throw new Error('a split is missing');
  const episodes = await runKind(dataEpisodes, { inputs: { pairs: { train, val, test, items } } });
  const read = (split: string) =>
    readEpisodes(
      { pairs: episodes.path(`${split}/pairs`), episodes: episodes.path(`${split}/episodes`), items },
      { threads: 2, maxPrefixLength: 50 },
    );
  const [learned, judged] = [await read('train'), await read('test')];
  const count = learned.itemCount;
  const lastOf = (set: typeof learned, pair: number) =>
    set.pairs.items[(set.pairs.offsets[pair + 1] ?? 0) - 1] ?? 0;
  // What follows what in train; adaptation is stood for by the same counts of the support set, weighed heavily.
  const follows = new Float64Array(count * count);
  for (const [pair, label] of learned.pairs.labels.entries()) {
    const cell = lastOf(learned, pair) * count + label;
    follows[cell] = (follows[cell] ?? 0) + 1;
  }
  let zeroShot = 0;
  let fewShot = 0;
  let queries = 0;
  for (const { support, query } of judged.episodes) {
    const own = new Map<string, number>();
    for (const pair of support) {
      const step = `${lastOf(judged, pair)} ${judged.pairs.labels[pair]}`;
      own.set(step, (own.get(step) ?? 0) + 1000);
    }
    for (const pair of query) {
      const last = lastOf(judged, pair);
      const best = (score: (item: number) => number) => {
        let top = 0;
        for (let item = 1; item < count; item++) if (score(item) > score(top)) top = item;
        return top;
      };
      const population = (item: number) => follows[last * count + item] ?? 0;
      queries++;
      if (best(population) === judged.pairs.labels[pair]) zeroShot++;
      if (best((item) => population(item) + (own.get(`${last} ${item}`) ?? 0)) === judged.pairs.labels[pair])
        fewShot++;
    }
  }
  expect(zeroShot / queries).toBeGreaterThan(0.15);
  expect(fewShot / queries).toBeGreaterThan(zeroShot / queries + 0.08);
});
