import type { Database } from '../tables/database.js';
import type { PairSet } from './pair-set.js';

/** Which items a prefix holds: those of its session, or all that its user had before, of earlier sessions too. */
export type History = 'session' | 'full';

/** What tells which pairs follow one another, by the indices of pairs. */
export interface SessionOrder {
  /** `[pairs]` which session each is of; the sessions of a user follow one another, in the order of time. */
  readonly sessionOf: Int32Array;
  /** `[sessions]` whose each is. */
  readonly userOf: Int32Array;
  /** `[sessions]` the pair with the longest prefix, which with its label is the whole session. */
  readonly wholeOf: Int32Array;
}

/** The order of the sessions in the temporary table `pairs`: by their first label's time, then by pair id. */
export async function sessionOrderOf(database: Database): Promise<SessionOrder> {
  await database.run(
    `CREATE OR REPLACE TEMP TABLE session_order AS
     WITH numbered AS (SELECT *, (row_number() OVER (ORDER BY pair_id) - 1)::INTEGER AS index FROM pairs),
     sessions AS (
       SELECT user_id, session_id, min(label_ts_epoch) AS began, min(pair_id) AS first,
              last(index ORDER BY len(prefix), pair_id) AS whole
       FROM numbered GROUP BY user_id, session_id
     )
     SELECT user_id, session_id, whole,
            (row_number() OVER (ORDER BY user_id, began, first) - 1)::INTEGER AS session,
            (dense_rank() OVER (ORDER BY user_id) - 1)::INTEGER AS owner
     FROM sessions`,
  );
  const pairs = await database.columns(
    'SELECT session FROM pairs JOIN session_order USING (user_id, session_id) ORDER BY pair_id',
  );
  const sessions = await database.columns('SELECT owner, whole FROM session_order ORDER BY session');
  return {
    sessionOf: pairs['session'] as Int32Array,
    userOf: sessions['owner'] as Int32Array,
    wholeOf: sessions['whole'] as Int32Array,
  };
}

/**
 * The same pairs with the items of their users' earlier sessions before their own prefixes; the last so many of them.
 * A session of one item has no pair, and is not known.
 */
export function withWholeHistories(pairs: PairSet, order: SessionOrder, maxPrefixLength: number): PairSet {
  const { sessionOf, userOf, wholeOf } = order;
  // Indices of pairs and sessions are those of their arrays.
  const prefixOf = (pair: number) => pairs.items.subarray(pairs.offsets[pair], pairs.offsets[pair + 1]);
  /** What came before each session. */
  const before: (readonly number[])[] = [];
  let past: readonly number[] = [];
  for (const [session, whole] of wholeOf.entries()) {
    if (userOf[session] !== userOf[session - 1]) past = [];
    before.push(past);
    past = [...past, ...prefixOf(whole), pairs.labels[whole]!].slice(-maxPrefixLength);
  }
  const items: number[] = [];
  const offsets = new Int32Array(pairs.offsets.length);
  for (const [pair, session] of sessionOf.entries()) {
    const own = prefixOf(pair).subarray(-maxPrefixLength);
    const room = maxPrefixLength - own.length;
    // Of nothing, `slice(-0)` would be all.
    const earlier = room === 0 ? [] : before[session]!.slice(-room);
    for (const item of earlier) items.push(item);
    for (const item of own) items.push(item);
    offsets[pair + 1] = items.length;
  }
  return { items: Int32Array.from(items), offsets, labels: pairs.labels };
}
