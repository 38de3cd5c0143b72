import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { JsonObject } from '../../../src/base/json.js';
import { dataEpisodes } from '../../../src/kinds/data/data-episodes.js';
import { dataPairs } from '../../../src/kinds/data/data-pairs.js';
import { dataSynthetic } from '../../../src/kinds/data/data-synthetic.js';
import {
  type Event,
  failureOf,
  rowsOf,
  runKind,
  temporaryFolder,
  typesOf,
  writeInteractions,
  writeTable,
} from '../../support/run-kind.js';

async function pairsOf(events: readonly Event[], parameters: JsonObject = {}) {
  const run = await runKind(dataPairs, {
    with: parameters,
    inputs: { interactions: await writeInteractions(events) },
  });
  const items = JSON.parse(readFileSync(run.path('items'), 'utf8')) as { [name: string]: number };
  const names = new Map(Object.entries(items).map(([name, id]) => [id, name]));
  const rows = await rowsOf(run.path('pairs'));
  return rows.map((row) => {
    const prefix = (row['prefix'] as number[]).map((id) => names.get(id)).join('');
    return `${row['session_id']} ${prefix}>${names.get(row['label'] as number)} @${row['label_ts_epoch']}`;
  });
}

test('every prefix of a session comes with the item after it, in order of user, time and position', async () => {
  const events: Event[] = [
    ['b', 'x', 10],
    ['a', 'x', 20],
    ['b', 'y', 5],
    ['a', 'z', 30],
    ['a', 'y', 25],
    ['b', 'z', 7],
  ];
  expect(await pairsOf(events)).toEqual(['a/1 x>y @25', 'a/1 xy>z @30', 'b/1 y>z @7', 'b/1 yz>x @10']);
});

test('a longer pause than the gap ends a session, one as long as the gap does not', async () => {
  const events: Event[] = [
    ['a', 'x', 0],
    ['a', 'y', 1800],
    ['a', 'z', 3600.5],
    ['a', 'x', 3700],
  ];
  expect(await pairsOf(events)).toEqual(['a/1 x>y @1800', 'a/2 z>x @3700']);
  expect(await pairsOf(events, { session_gap_seconds: 1801 })).toHaveLength(3);
});

test('repeats are dropped within a session only, after the cut, and still keep their session alive', async () => {
  const events: Event[] = [
    ['a', 'x', 0],
    ['a', 'x', 1500], // Without this event, 3000 would be a session of its own.
    ['a', 'y', 3000],
    ['a', 'y', 9000], // Another session begins with the item that the last one ended with.
    ['a', 'x', 9001],
    ['a', 'x', 9002],
    ['a', 'y', 9003],
  ];
  expect(await pairsOf(events)).toEqual(['a/1 x>y @3000', 'a/2 y>x @9001', 'a/2 yx>y @9003']);
});

test('a session that is one item over and over is no session of two', async () => {
  const events: Event[] = [
    ['a', 'x', 0],
    ['a', 'x', 1],
    ['b', 'x', 0],
    ['b', 'y', 1],
  ];
  expect(await pairsOf(events)).toEqual(['b/1 x>y @1']);
});

test('ties are ordered by position; dropped, they leave prefixes as they are', async () => {
  const events: Event[] = [
    ['a', 'x', 0],
    ['a', 'z', 5],
    ['a', 'y', 5],
    ['a', 'w', 6],
  ];
  expect(await pairsOf(events)).toEqual(['a/1 x>z @5', 'a/1 xz>y @5', 'a/1 xzy>w @6']);
  expect(await pairsOf(events, { ties: 'drop' })).toEqual(['a/1 x>z @5', 'a/1 xzy>w @6']);
});

test('a prefix keeps its last items', async () => {
  const events: Event[] = ['p', 'q', 'r', 's', 't'].map((item, time) => ['a', item, time]);
  expect(await pairsOf(events, { max_prefix_length: 2 })).toEqual([
    'a/1 p>q @1',
    'a/1 pq>r @2',
    'a/1 qr>s @3',
    'a/1 rs>t @4',
  ]);
});

test('items are numbered by name over all interactions, those without a pair too', async () => {
  const interactions = await writeInteractions([
    ['a', 'm', 0],
    ['a', 'c', 1],
    ['b', 'alone', 0],
  ]);
  const run = await runKind(dataPairs, { inputs: { interactions } });
  expect(JSON.parse(readFileSync(run.path('items'), 'utf8'))).toEqual({ alone: 0, c: 1, m: 2 });
  expect(await typesOf(run.path('pairs'))).toEqual({
    pair_id: 'BIGINT',
    user_id: 'VARCHAR',
    session_id: 'VARCHAR',
    prefix: 'INTEGER[]',
    label: 'INTEGER',
    label_ts_epoch: 'DOUBLE',
    prefix_len: 'INTEGER',
  });
});

test('data without a pair is refused', async () => {
  const failure = await failureOf(pairsOf([['a', 'x', 0]]));
  expect(failure).toMatchObject({ reason: 'bad-data', message: expect.stringContaining('there is no pair') });
});

test('positions that come twice, which would leave the order open, are refused', async () => {
  const path = join(temporaryFolder(), 'interactions');
  const types = { position: 'BIGINT', user_id: 'VARCHAR', item_id: 'VARCHAR', timestamp: 'DOUBLE' };
  const event = { position: 4, user_id: 'a', item_id: 'x', timestamp: 0 };
  await writeTable(path, types, [event, { ...event, item_id: 'y' }]);
  const failure = await failureOf(runKind(dataPairs, { inputs: { interactions: path } }));
  expect(failure.message).toBe('interactions: position 4 is there more than once');
});

test('positions decide, not the rows of the file', async () => {
  const path = join(temporaryFolder(), 'interactions');
  const types = { position: 'BIGINT', user_id: 'VARCHAR', item_id: 'VARCHAR', timestamp: 'DOUBLE' };
  const events = ['x', 'y', 'z'].map((item_id, position) => ({
    position,
    user_id: 'a',
    item_id,
    timestamp: 7,
  }));
  const prefixesOf = async (rows: typeof events) => {
    await writeTable(path, types, rows);
    const run = await runKind(dataPairs, { inputs: { interactions: path } });
    return (await rowsOf(run.path('pairs'))).map((row) => [row['prefix'], row['label']]);
  };
  expect(await prefixesOf(events.toReversed())).toEqual([
    [[0], 1],
    [[0, 1], 2],
  ]);
});

const python = '/usr/bin/python3';
const pandasProblem = (() => {
  try {
    execFileSync(python, ['-c', 'import pandas'], { stdio: 'pipe' });
    return undefined;
  } catch (error) {
    return `${python} with pandas is missing: ${(error as Error).message.split('\n')[0]}`;
  }
})();
if (pandasProblem !== undefined)
  console.warn(`skipped: the comparison with pandas, because ${pandasProblem}`);

test('sessions that are mostly single events are said, with the parameter to raise', async () => {
  const day = 86_400;
  const events = Array.from({ length: 20 }, (_, index): Event => ['u', `i${index}`, index * day]);
  const interactions = await writeInteractions([...events, ['u', 'last', 19 * day + 60]]);
  const few = await runKind(dataPairs, { inputs: { interactions } });
  expect(few.logged).toEqual([
    '1 pair of 21 events',
    'warning: only 1 pair of 21 events: most events are alone in their session, with no other item within session_gap_seconds (1800); where days lie between events, as with courses, raise it (86400 is a day, 2592000 a month)',
  ]);
  const whole = await runKind(dataPairs, { inputs: { interactions }, with: { session_gap_seconds: day } });
  expect(whole.logged).toEqual(['20 pairs of 21 events']);
});

test.skipIf(pandasProblem !== undefined)(
  'pandas makes the same pairs and episodes, column for column',
  async () => {
    const made = await runKind(dataSynthetic, {
      with: { users: 30, items: 30, tracks: 4, repeats: true, seed: 3 },
    });
    const synthetic = await rowsOf(made.path('interactions'));
    // Rounded to minutes and given repeats, so that ties and repeats are frequent.
    const events = synthetic.flatMap((row, index): Event[] => {
      const event: Event = [
        String(row['user_id']),
        String(row['item_id']),
        Math.floor(Number(row['timestamp']) / 300) * 300,
      ];
      return index % 9 === 0 ? [event, event] : [event];
    });
    const interactions = await writeInteractions(events);
    for (const ties of ['keep', 'drop']) {
      const pairs = await runKind(dataPairs, {
        with: { ties, max_prefix_length: 20 },
        inputs: { interactions },
      });
      const files = pairs.path('pairs');
      const episodes = await runKind(dataEpisodes, {
        with: { k: 3, q: 4 },
        inputs: { pairs: { train: files, val: files, test: files, items: pairs.path('items') } },
      });
      const script = fileURLToPath(new URL('./pairs_with_pandas.py', import.meta.url));
      const input = JSON.stringify({ events, ties, gap: 1800, longest: 20, k: 3, q: 4 });
      const output = execFileSync(python, [script], { input, maxBuffer: 1 << 28 }).toString();
      const independent = JSON.parse(output) as { [table: string]: unknown };
      expect(await rowsOf(files)).toEqual(independent['pairs']);
      expect(await rowsOf(episodes.path('train/episodes'))).toEqual(independent['windows']);
      expect(await rowsOf(episodes.path('test/episodes'))).toEqual(independent['last']);
      expect(JSON.parse(readFileSync(pairs.path('items'), 'utf8'))).toEqual(independent['items']);
    }
  },
);
