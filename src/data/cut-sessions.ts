import { type DuckDBAppender, DuckDBDataChunk, type DuckDBType } from '@duckdb/node-api';
import duckdb, { type Vector } from '@duckdb/node-bindings';
import { type Database, type NumberColumn, rowsPerChunk } from '../tables/database.js';
import { indexMarks, type MarkIndex } from './mark-index.js';

/** Events that are held in memory at once, 40 bytes each; those of more are read in several passes. */
const defaultEventsAtOnce = 2 ** 24;

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
  /** Item and time of each: side by side, so that an event's place in memory is looked up once. */
  readonly events: Float64Array;
}

/**
 * Makes the tables `users` and `histories` of the relation `events` (user_id, item_id, timestamp; equal times in the
 * order of rows) and the table `items` (item_id, item). `users` has the number `user` of each user_id, in its order.
 * `histories` has a row for each user with a pair, in that order: the user's `items`
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
    `CREATE TEMP TABLE users AS
       SELECT user_id, (row_number() OVER (ORDER BY user_id) - 1)::INTEGER AS user, count(*)::INTEGER AS events
       FROM ${events} GROUP BY user_id;
     CREATE TEMP TABLE histories (
       user INTEGER, first_pair DOUBLE, items INTEGER[], times DOUBLE[],
       places INTEGER[], starts INTEGER[], sessions INTEGER[]
     )`,
  );
  const { events: counts } = (await database.columns('SELECT events FROM users ORDER BY user')) as {
    readonly events: Int32Array;
  };
  const users = await indexMarks(database, 'user_id', 'users ORDER BY user');
  const items = await indexMarks(database, 'item_id', 'items ORDER BY item');
  const rows = new HistoryAppender(await database.connection.createAppender('histories'));
  const cut = sessionCutter(rules, rows);
  for (const { first, last } of ranges(counts, rules.eventsAtOnce ?? defaultEventsAtOnce)) {
    const isWhole = last - first === counts.length;
    const name = (place: number) => `(SELECT user_id FROM users WHERE user = ${place})`;
    const chosen = isWhole ? '' : ` WHERE user_id BETWEEN ${name(first)} AND ${name(last - 1)}`;
    const part = await readEvents(
      database,
      events + chosen,
      { users, items },
      first,
      counts.subarray(first, last),
    );
    for (let user = first; user < last; user++) cut(user, eventsOf(part, user));
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
  { users, items }: { readonly users: MarkIndex; readonly items: MarkIndex },
  first: number,
  counts: Int32Array,
): Promise<UserEvents> {
  const starts = new Float64Array(counts.length + 1);
  for (const [index, count] of counts.entries()) starts[index + 1] = (starts[index] ?? 0) + count;
  const total = starts[counts.length] ?? 0;
  const found = new Float64Array(2 * total);
  const next = Int32Array.from(starts);
  const userOf = new Int32Array(rowsPerChunk);
  const itemOf = new Int32Array(rowsPerChunk);
  await database.visitColumns(
    `SELECT ${users.sql} AS user, ${items.sql} AS item, timestamp FROM ${events}`,
    (columns, rowCount) => {
      const [user, item, timestamp] = columns as [Float64Array, Float64Array, Float64Array];
      users.find(user, rowCount, userOf);
      items.find(item, rowCount, itemOf);
      for (let row = 0; row < rowCount; row++) {
        const index = (userOf[row] ?? 0) - first;
        const place = next[index] ?? 0;
        found[2 * place] = itemOf[row] ?? 0;
        found[2 * place + 1] = timestamp[row] ?? 0;
        next[index] = place + 1;
      }
    },
  );
  return { first, starts, events: found };
}

/** A user's events, in order of time and then of the file. */
function eventsOf({ first, starts, events }: UserEvents, user: number): Float64Array {
  const own = events.subarray(2 * (starts[user - first] ?? 0), 2 * (starts[user - first + 1] ?? 0));
  if (ascends(own)) return own;
  const order = Array.from({ length: own.length / 2 }, (_, event) => event).sort(
    (left, right) => (own[2 * left + 1] ?? 0) - (own[2 * right + 1] ?? 0) || left - right,
  );
  return Float64Array.from(own, (_, index) => own[2 * (order[index >> 1] ?? 0) + (index & 1)] ?? 0);
}

function ascends(events: Float64Array): boolean {
  for (let place = 3; place < events.length; place += 2) {
    if ((events[place] ?? 0) < (events[place - 2] ?? 0)) return false;
  }
  return true;
}

/** Cuts one user's events after the other's. Sessions are cut on all events: a repeat keeps its session alive. */
function sessionCutter({ gapSeconds, keepTies }: SessionRules, rows: HistoryAppender) {
  const [keptItems, keptTimes, places, starts, sessions] = rows.lists;
  let firstPair = 0;
  // biome-ignore lint/complexity/noExcessiveCognitiveComplexity: one pass over every event there is, which keeps what it knows in numbers
  return (user: number, events: Float64Array): void => {
    for (const list of rows.lists) list.makeRoom(events.length / 2);
    let kept = 0;
    let pairs = 0;
    let session = 0;
    let start = 0;
    let timeBefore = Number.NEGATIVE_INFINITY;
    let itemKept = 0;
    let timeKept = 0;
    for (let event = 0; event < events.length; event += 2) {
      const item = events[event] ?? 0;
      const time = events[event + 1] ?? 0;
      const isNew = time - timeBefore > gapSeconds;
      timeBefore = time;
      if (isNew) {
        session++;
        start = kept + 1;
      } else if (item === itemKept) continue;
      else if (keepTies || time !== timeKept) {
        places.add(kept + 1);
        starts.add(start);
        sessions.add(session);
        pairs++;
      }
      keptItems.add(item);
      keptTimes.add(time);
      kept++;
      itemKept = item;
      timeKept = time;
    }
    if (pairs === 0) {
      keptItems.take(kept);
      keptTimes.take(kept);
      return;
    }
    rows.end(user, firstPair);
    firstPair += pairs;
  };
}

/** Rows for the table `histories`, given over in chunks: lists as bytes, since the client takes them number by number. */
class HistoryAppender {
  /** Of the row that is being made: its items, times, places, starts and sessions. */
  readonly lists = [
    new ListColumn(Int32Array),
    new ListColumn(Float64Array),
    new ListColumn(Int32Array),
    new ListColumn(Int32Array),
    new ListColumn(Int32Array),
  ] as const;
  private readonly appender: DuckDBAppender;
  private readonly types: readonly DuckDBType[];
  private readonly users: number[] = [];
  private readonly firstPairs: number[] = [];

  constructor(appender: DuckDBAppender) {
    this.appender = appender;
    this.types = Array.from({ length: appender.columnCount }, (_, index) => appender.columnType(index));
  }

  /** Ends the row; what is added to the lists afterwards is of the next one. */
  end(user: number, firstPair: number): void {
    for (const list of this.lists) list.end(this.users.length);
    this.users.push(user);
    this.firstPairs.push(firstPair);
    if (this.users.length === rowsPerChunk) this.flush();
  }

  close(): void {
    this.flush();
    this.appender.closeSync();
  }

  private flush(): void {
    const chunk = DuckDBDataChunk.create(this.types, this.users.length);
    chunk.setColumnValues(0, this.users);
    chunk.setColumnValues(1, this.firstPairs);
    for (const [index, list] of this.lists.entries()) {
      list.moveTo(duckdb.data_chunk_get_vector(chunk.chunk, index + 2), this.users.length);
    }
    this.appender.appendDataChunk(chunk);
    this.users.length = 0;
    this.firstPairs.length = 0;
  }
}

/** Lists of numbers, one a row of a chunk, as DuckDB holds them: all elements, and where those of each row are. */
class ListColumn {
  private elements: NumberColumn;
  private length = 0;
  private begin = 0;
  /** Of each row two numbers of 64 bits: where its elements begin, and how many there are. */
  private readonly rows = new Uint32Array(4 * rowsPerChunk);

  constructor(private readonly array: Int32ArrayConstructor | Float64ArrayConstructor) {
    this.elements = new array(2 ** 16);
  }

  /** For so many elements more. */
  makeRoom(count: number): void {
    if (this.length + count <= this.elements.length) return;
    const larger = new this.array(2 * (this.length + count));
    larger.set(this.elements.subarray(0, this.length));
    this.elements = larger;
  }

  /** There must be room for it. */
  add(value: number): void {
    this.elements[this.length++] = value;
  }

  /** Takes back the last so many. */
  take(count: number): void {
    this.length -= count;
  }

  end(row: number): void {
    this.rows[4 * row] = this.begin;
    this.rows[4 * row + 2] = this.length - this.begin;
    this.begin = this.length;
  }

  /** Makes the lists the rows of a vector, whose element type is that of the array. */
  moveTo(vector: Vector, rowCount: number): void {
    const { elements, length, rows } = this;
    const bytes = length * this.array.BYTES_PER_ELEMENT;
    duckdb.list_vector_reserve(vector, length);
    duckdb.copy_data_to_vector(
      duckdb.list_vector_get_child(vector),
      0,
      elements.buffer as ArrayBuffer,
      0,
      bytes,
    );
    duckdb.list_vector_set_size(vector, length);
    duckdb.copy_data_to_vector(vector, 0, rows.buffer, 0, 16 * rowCount);
    this.length = 0;
    this.begin = 0;
  }
}
