import { type DuckDBAppender, DuckDBDataChunk, type DuckDBValue, listValue } from '@duckdb/node-api';
import { type Database, type NumberColumn, rowsPerChunk } from '../tables/database.js';

/** Events that are held in memory at once, 12 bytes each; those of more are read in several passes. */
const defaultEventsAtOnce = 2 ** 25;

export interface SessionRules {
  /** A longer pause than this, in seconds, ends a session. */
  readonly gapSeconds: number;
  /** Whether an event at the very time of the one before it is a label. */
  readonly keepTies: boolean;
  readonly eventsAtOnce?: number;
}

/** Events of the users from `first` on, user by user, each user's in the order of the file. */
interface UserEvents {
  readonly first: number;
  /** `[user - first]` where the user's events begin; one more element, where the last ones end. */
  readonly starts: Float64Array;
  readonly items: Int32Array;
  readonly times: Float64Array;
}

/**
 * Makes the table `histories` of the relation `events` (user_id, item_id, timestamp; equal times in the order of rows)
 * and the table `items` (item_id, item). It has a row for each user with a pair, in order of user_id: the user's `items`
 * in order of time, without those that repeat the one before in their session, their `times`, and of each pair its
 * label's place among them, the place where its session starts (both from 1) and the number of that session. Pairs are
 * numbered from 0 in the order of users and time; `first_pair` is the user's first.
 */
export async function createHistories(
  database: Database,
  events: string,
  rules: SessionRules,
): Promise<void> {
  await database.run(
    `CREATE TEMP TABLE users AS SELECT user_id, count(*)::INTEGER AS events FROM ${events} GROUP BY user_id ORDER BY user_id;
     CREATE TYPE user_name AS ENUM (SELECT user_id FROM users ORDER BY user_id);
     CREATE TYPE item_name AS ENUM (SELECT item_id FROM items ORDER BY item);
     CREATE TEMP TABLE histories (
       user_id VARCHAR, first_pair DOUBLE, items INTEGER[], times DOUBLE[],
       places INTEGER[], starts INTEGER[], sessions INTEGER[]
     )`,
  );
  const users = await database.columns('SELECT user_id, events FROM users ORDER BY user_id');
  const names = users['user_id'] as readonly string[];
  const counts = users['events'] as Int32Array;
  const rows = new RowAppender(await database.connection.createAppender('histories'));
  const cut = sessionCutter(rules, rows);
  for (const { first, last } of ranges(counts, rules.eventsAtOnce ?? defaultEventsAtOnce)) {
    const part = await readEvents(database, events, first, counts.subarray(first, last));
    for (let user = first; user < last; user++) cut(names[user] ?? '', ...eventsOf(part, user));
  }
  rows.close();
}

/** Users in turn, as many at once as have no more than so many events together, one at least. */
function* ranges(counts: Int32Array, eventsAtOnce: number): Generator<{ first: number; last: number }> {
  let first = 0;
  let events = 0;
  for (const [user, count] of counts.entries()) {
    if (events > 0 && events + count > eventsAtOnce) {
      yield { first, last: user };
      first = user;
      events = 0;
    }
    events += count;
  }
  if (first < counts.length) yield { first, last: counts.length };
}

async function readEvents(
  database: Database,
  events: string,
  first: number,
  counts: Int32Array,
): Promise<UserEvents> {
  const starts = new Float64Array(counts.length + 1);
  for (const [index, count] of counts.entries()) starts[index + 1] = (starts[index] ?? 0) + count;
  const total = starts[counts.length] ?? 0;
  const items = new Int32Array(total);
  const times = new Float64Array(total);
  const next = starts.slice();
  await database.visitColumns(
    `SELECT enum_code(user_id::user_name)::INTEGER - ${first} AS user, enum_code(item_id::item_name)::INTEGER AS item, timestamp
     FROM ${events} WHERE user BETWEEN 0 AND ${counts.length - 1}`,
    ([user, item, timestamp], rowCount) => {
      for (let row = 0; row < rowCount; row++) {
        const index = user?.[row] ?? 0;
        const place = next[index] ?? 0;
        items[place] = item?.[row] ?? 0;
        times[place] = timestamp?.[row] ?? 0;
        next[index] = place + 1;
      }
    },
  );
  return { first, starts, items, times };
}

/** A user's items and times, in order of time and then of the file; they may be overwritten. */
function eventsOf({ first, starts, items, times }: UserEvents, user: number): [Int32Array, Float64Array] {
  const from = starts[user - first] ?? 0;
  const to = starts[user - first + 1] ?? from;
  const ownItems = items.subarray(from, to);
  const ownTimes = times.subarray(from, to);
  if (ownTimes.every((time, place) => place === 0 || time >= (ownTimes[place - 1] ?? 0))) {
    return [ownItems, ownTimes];
  }
  const order = Array.from(ownTimes.keys()).sort(
    (left, right) => (ownTimes[left] ?? 0) - (ownTimes[right] ?? 0) || left - right,
  );
  return [
    Int32Array.from(order, (place) => ownItems[place] ?? 0),
    Float64Array.from(order, (place) => ownTimes[place] ?? 0),
  ];
}

/** Cuts one user's events after the other's. Sessions are cut on all events: a repeat keeps its session alive. */
function sessionCutter({ gapSeconds, keepTies }: SessionRules, rows: RowAppender) {
  let firstPair = 0;
  return (user: string, items: Int32Array, times: Float64Array): void => {
    const places = new Int32Array(items.length);
    const starts = new Int32Array(items.length);
    const sessions = new Int32Array(items.length);
    let kept = 0;
    let pairs = 0;
    let session = 0;
    let start = 0;
    let timeBefore = Number.NEGATIVE_INFINITY;
    for (let event = 0; event < items.length; event++) {
      const item = items[event] ?? 0;
      const time = times[event] ?? 0;
      if (time - timeBefore > gapSeconds) {
        session++;
        start = kept + 1;
      } else if (item !== items[kept - 1]) {
        if (keepTies || time !== times[kept - 1]) {
          places[pairs] = kept + 1;
          starts[pairs] = start;
          sessions[pairs++] = session;
        }
      } else {
        timeBefore = time;
        continue;
      }
      // What is kept moves to the front of the very arrays that are read.
      items[kept] = item;
      times[kept++] = time;
      timeBefore = time;
    }
    if (pairs === 0) return;
    const ofPairs = [places, starts, sessions].map((column) => column.subarray(0, pairs));
    const lists = [items.subarray(0, kept), times.subarray(0, kept), ...ofPairs];
    rows.append([user, firstPair, ...lists.map(listOf)]);
    firstPair += pairs;
  };
}

/** The binding reads a list's length and elements, so that a typed array does, and need not be copied. */
function listOf(values: NumberColumn): DuckDBValue {
  return listValue(values as unknown as readonly number[]);
}

/** Rows for a table, given over in chunks. */
class RowAppender {
  private readonly appender: DuckDBAppender;
  private readonly types;
  private readonly columns: DuckDBValue[][];

  constructor(appender: DuckDBAppender) {
    this.appender = appender;
    this.types = Array.from({ length: appender.columnCount }, (_, index) => appender.columnType(index));
    this.columns = this.types.map(() => []);
  }

  append(row: readonly DuckDBValue[]): void {
    for (const [index, value] of row.entries()) this.columns[index]?.push(value);
    if (this.columns[0]?.length === rowsPerChunk) this.flush();
  }

  close(): void {
    this.flush();
    this.appender.closeSync();
  }

  private flush(): void {
    const chunk = DuckDBDataChunk.create(this.types);
    chunk.setColumns(this.columns);
    this.appender.appendDataChunk(chunk);
    for (const column of this.columns) column.length = 0;
  }
}
