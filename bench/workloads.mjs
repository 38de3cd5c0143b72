// The episodes that the engine is measured on: sessions cut at 30 minutes, repeats dropped, prefixes of at most 50
// items, support pairs before query pairs in time. A plain reader of its own, so that the bench needs no pipeline.
import { readFileSync } from 'node:fs';
import { randomStream } from '../dist/base/random.js';
import { syntheticInteractions } from '../dist/data/synthetic-interactions.js';

/** Tasks of a meta-iteration. */
export const metaBatch = 32;

const sessionGapSeconds = 1800;
const maximumPrefix = 50;

/** The embedded synthetic data at 343 items. */
export function syntheticWorkload() {
  const events = syntheticInteractions({
    users: 1200,
    items: 343,
    tracks: 12,
    repeats: true,
    seed: 20260107,
  });
  return workload(
    'synthetic',
    events.map(({ user_id, item_id, timestamp }) => [user_id, item_id, timestamp]),
  );
}

/** SNAP's CollegeMsg: `user item unix_seconds`, no header; the receiver is the item. */
export function collegeMsgWorkload(path) {
  return workload('CollegeMsg', rows(path, ' '));
}

/** MovieLens 100K as RecBole has it: `user item rating timestamp`, tab-separated, with a header. */
export function movieLensWorkload(path) {
  const events = rows(path, '\t').slice(1);
  return workload(
    'MovieLens 100K',
    events.map(([user, item, , time]) => [user, item, time]),
  );
}

/** By name, from a file of the data. */
export const readers = {
  synthetic: syntheticWorkload,
  'college-msg': collegeMsgWorkload,
  movielens: movieLensWorkload,
};

function rows(path, separator) {
  return readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.trim().split(separator));
}

function workload(name, events) {
  const idOf = new Map();
  const eventsOf = new Map();
  for (const [user, item, time] of events) {
    if (!idOf.has(item)) idOf.set(item, idOf.size);
    if (!eventsOf.has(user)) eventsOf.set(user, []);
    eventsOf.get(user).push({ item: idOf.get(item), time: Number(time) });
  }
  const pairsOf = [...eventsOf.values()].map((own) => {
    // Stable: events of one second keep the file's order.
    own.sort((one, other) => one.time - other.time);
    const pairs = [];
    let session = [];
    let last = Number.NEGATIVE_INFINITY;
    for (const { item, time } of own) {
      if (time - last > sessionGapSeconds) session = [];
      last = time;
      if (session.at(-1) === item) continue;
      if (session.length > 0) pairs.push({ prefix: session.slice(-maximumPrefix), label: item });
      session.push(item);
    }
    return pairs;
  });
  return { name, items: idOf.size, pairsOf };
}

/** For each user with `support + query` pairs, a window of as many consecutive ones, drawn uniformly, as a task. */
export function tasksOf({ pairsOf }, support, query) {
  const random = randomStream(20260107, 'bench windows', 0);
  return pairsOf
    .filter((pairs) => pairs.length >= support + query)
    .map((pairs) => {
      const start = random.integer(pairs.length - support - query + 1);
      const window = pairs.slice(start, start + support + query);
      return { support: pairSet(window.slice(0, support)), query: pairSet(window.slice(support)) };
    });
}

/** The tasks of so many meta-iterations, `metaBatch` each without repetition: the same wherever they are asked for. */
export function drawTasks(tasks, count) {
  return Array.from({ length: count }, (_, i) =>
    randomStream(1, 'bench tasks', i)
      .sampleWithoutReplacement(tasks.length, metaBatch)
      .map((index) => tasks[index]),
  );
}

/** All pairs of all users. */
export function allPairs({ pairsOf }) {
  return pairsOf.flat();
}

export function pairSet(pairs) {
  const offsets = [0];
  for (const { prefix } of pairs) offsets.push(offsets.at(-1) + prefix.length);
  return {
    items: Int32Array.from(pairs.flatMap(({ prefix }) => prefix)),
    offsets: Int32Array.from(offsets),
    labels: Int32Array.from(pairs.map(({ label }) => label)),
  };
}
