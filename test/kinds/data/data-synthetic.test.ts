import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { JsonObject } from '../../../src/base/json.js';
import { readEpisodes } from '../../../src/data/read-episodes.js';
import { type Catalogue, makeCatalogue, placesOf } from '../../../src/data/synthetic-catalogue.js';
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

// The fourth takes over a minute where all courses of study are drawn, taken or not, and each is dealt out of all items.
test.each([
  [1200, 343, 6, false, '6ae84e0677b52acf'],
  [1200, 343, 12, true, '738803adbaa4e42d'],
  [200, 60, 1000, false, '9f6c35dc92234575'],
  [100, 100_000, 1000, false, 'a1dd2efdd26db131'],
  [5, 20_000, 300, true, '01d0893942a9514b'],
])(
  '%i learners of %i items and %i tracks, repeats: %s, are the same for good',
  (users, items, tracks, repeats, digest) => {
    const events = syntheticInteractions({ users, items, tracks, repeats, seed: 0 });
    expect(createHash('sha256').update(JSON.stringify(events)).digest('hex').slice(0, 16)).toBe(digest);
  },
);

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

test('without repeats a learner takes each item once, to the last one', () => {
  const events = syntheticInteractions({ ...world, repeats: false });
  const taken = itemsByUser(events);
  for (const own of taken.values()) expect(new Set(own).size).toBe(own.length);
  expect([...taken.values()].some((own) => own.length > 50)).toBe(true);
  const all = syntheticInteractions({ ...world, items: 8, repeats: false });
  expect(Math.max(...[...itemsByUser(all).values()].map((own) => own.length))).toBe(8);
});

function groupedBy<Value, Key>(
  values: Iterable<Value>,
  keyOf: (value: Value) => Key,
): ReadonlyMap<Key, readonly Value[]> {
  const groups = new Map<Key, Value[]>();
  for (const value of values) groups.set(keyOf(value), [...(groups.get(keyOf(value)) ?? []), value]);
  return groups;
}

interface Seen {
  /** Sessions, or beginnings of some, item by item. */
  readonly sessions: readonly (readonly number[])[];
}

/**
 * What a rule says that knows the curriculum and of the learner what it sees: the next subject's course of this level, in
 * the track that most of the items seen of that subject are of; of a subject that it has not seen, in the most popular.
 */
function byCurriculum(catalogue: Catalogue): (prefix: readonly number[], seen: Seen) => number | undefined {
  const places = placesOf(catalogue);
  return (prefix, { sessions }) => {
    const last = places[prefix.at(-1)!]!;
    const subject = (last.subject + 1) % catalogue.subjects.length;
    const level = last.level + (subject === 0 ? 1 : 0);
    const items = [...sessions.flat(), ...prefix];
    const taken = new Set(items);
    const votes = (track: number) =>
      items.filter((item) => places[item]?.subject === subject && places[item]?.track === track).length;
    return catalogue.subjects[subject]!.map((course, track) => ({ item: course[level], votes: votes(track) }))
      .filter(({ item }) => item !== undefined && !taken.has(item))
      .toSorted((one, other) => other.votes - one.votes)[0]?.item;
  };
}

test('without repeats, five pairs tell a rule that knows the curriculum nearly all that a whole history does', () => {
  const options = { users: 1200, items: 343, tracks: 6, repeats: false, seed: 20260107 };
  const catalogue = makeCatalogue(options);
  const predict = byCurriculum(catalogue);
  const numberOf = new Map(catalogue.names.map((name, item) => [name, item]));
  const right = { prefix: 0, support: 0, history: 0 };
  let asked = 0;
  const learners = groupedBy(syntheticInteractions(options), ({ user_id }) => user_id);
  for (const events of learners.values()) {
    const sessions: number[][] = [];
    for (const [at, { item_id, timestamp }] of events.entries()) {
      const before = events[at - 1];
      if (before === undefined || timestamp - before.timestamp > 1800) sessions.push([]);
      sessions.at(-1)!.push(numberOf.get(item_id)!);
    }
    const pairs = sessions.flatMap((items, session) =>
      items.slice(1).map((label, at) => ({ session, prefix: items.slice(0, at + 1), label })),
    );
    if (pairs.length < 15) continue;
    const support = pairs.slice(-15, -10);
    const longest = groupedBy(support, ({ session }) => session);
    const supported = [...longest.values()].map((own) => [...own.at(-1)!.prefix, own.at(-1)!.label]);
    for (const { session, prefix, label } of pairs.slice(-10)) {
      asked++;
      if (predict(prefix, { sessions: [] }) === label) right.prefix++;
      if (predict(prefix, { sessions: supported }) === label) right.support++;
      if (predict(prefix, { sessions: sessions.slice(0, session) }) === label) right.history++;
    }
    // Nothing that is asked for stands in the support.
    const held = new Set(support.map(({ label }) => label));
    expect(pairs.slice(-10).some(({ label }) => held.has(label))).toBe(false);
  }
  // These figures stand in docs/experiment.md.
  expect([right.prefix, right.support, right.history].map((count) => (count / asked).toFixed(2))).toEqual([
    '0.41',
    '0.66',
    '0.70',
  ]);
});

test('a small catalogue has fewer tracks, of no fewer than five levels, and every item has one place', () => {
  for (const [items, tracks] of [
    [343, 6],
    [60, 3],
    [8, 1],
  ] as const) {
    const { subjects } = makeCatalogue({ items, tracks: 6, seed: 1 });
    expect(subjects.map((one) => one.length)).toEqual([tracks, tracks, tracks, tracks]);
    expect(subjects.flat(2).toSorted((one, other) => one - other)).toEqual(
      Array.from({ length: items }, (_, item) => item),
    );
  }
});

test('more tracks than there can be are said at planning, where they are written', () => {
  const said = (given: JsonObject) => {
    const parameters = dataSynthetic.parameters.complete(given);
    const written = { names: Object.keys(given), varied: [] };
    return (dataSynthetic.remarks?.(parameters, written) ?? []).map(({ message }) => message);
  };
  expect(said({ tracks: 1000 })).toEqual([
    'of tracks: 1000 there are 17, which leave five levels each of 343 items',
  ]);
  expect(said({ tracks: 17 })).toEqual([]);
  expect(said({ items: 60 })).toEqual([]);
  expect(said({ tracks: 1000, repeats: true })).toEqual([]);
});

test.each([true, false])('with repeats: %s it is shaped like the real thing', async (repeats) => {
  const made = await runKind(dataSynthetic, { with: { seed: 20260107, repeats } });
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
});

test('with repeats, a learner’s few pairs tell much of what comes next', async () => {
  const made = await runKind(dataSynthetic, { with: { seed: 20260107, repeats: true } });
  const pairs = await runKind(dataPairs, { inputs: { interactions: made.path('interactions') } });
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
