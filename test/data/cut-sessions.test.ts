import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createHistories } from '../../src/data/cut-sessions.js';
import { type Row, withDatabase } from '../../src/tables/database.js';

interface Event {
  readonly user: string;
  readonly item: string;
  readonly time: number;
}

const rules = { gapSeconds: 10, keepTies: false };

async function historiesOf(
  events: readonly Event[],
  more: { eventsAtOnce?: number; keepTies?: boolean } = {},
): Promise<readonly Row[]> {
  return await withDatabase({ threads: 2 }, async (database) => {
    const rows = events.map(({ user, item, time }) => `('${user}', '${item}', ${time}::DOUBLE)`);
    await database.run(
      `CREATE TABLE events AS SELECT * FROM (VALUES ${rows.join(', ')}) AS rows (user_id, item_id, timestamp);
       CREATE TABLE items AS SELECT item_id, ascii(item_id) - ascii('a') AS item FROM (SELECT DISTINCT item_id FROM events)`,
    );
    await createHistories(database, 'events', { ...rules, ...more });
    return await database.rows(
      'SELECT user_id, histories.* EXCLUDE (user) FROM histories JOIN users USING (user) ORDER BY user',
    );
  });
}

test('a user has one row, whose pairs say where their label stands and where its session starts', async () => {
  const at = (user: string, item: string, time: number): Event => ({ user, item, time });
  const events = [
    at('u', 'b', 40),
    at('u', 'a', 1),
    at('t', 'a', 0),
    at('u', 'b', 2),
    at('u', 'b', 3),
    at('u', 'a', 40),
  ];
  const row = { user_id: 'u', first_pair: 0, items: [0, 1, 1, 0], times: [1, 2, 40, 40] };
  // Of two events at one time the one that comes first in the file stays first.
  expect(await historiesOf([...events, at('u', 'c', 45)], { keepTies: true })).toEqual([
    {
      ...row,
      items: [...row.items, 2],
      times: [...row.times, 45],
      places: [2, 4, 5],
      starts: [1, 3, 3],
      sessions: [1, 2, 2],
    },
  ]);
  expect(await historiesOf(events)).toEqual([{ ...row, places: [2], starts: [1], sessions: [1] }]);
});

test('however few events are held at once, the histories are the same', async () => {
  const event = fc.record({
    user: fc.constantFrom('u', 'v', 'w', 'x'),
    item: fc.constantFrom('a', 'b', 'c'),
    time: fc.integer({ min: 0, max: 60 }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(event, { minLength: 1, maxLength: 60 }),
      fc.integer({ min: 1, max: 40 }),
      async (events, eventsAtOnce) => {
        expect(await historiesOf(events, { eventsAtOnce })).toEqual(await historiesOf(events));
      },
    ),
    { numRuns: 12 },
  );
});
