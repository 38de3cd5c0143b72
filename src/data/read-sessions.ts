import { withDatabase } from '../tables/database.js';
import { readItemCatalogue } from './item-catalogue.js';
import { checkPairs, createTable } from './pair-tables.js';
import type { PairFiles } from './read-pairs.js';
import { pairColumns } from './table-columns.js';

/** Sessions as sets of items, the most recent first. */
export interface SessionSet {
  readonly itemCount: number;
  /** `[visits]` which session, ascending from 0, and one of its items; each item of a session once. */
  readonly sessions: Int32Array;
  readonly items: Int32Array;
}

/**
 * The sessions that the pairs of one split were cut from. A session is as recent as its last pair; of equally recent
 * ones that with the higher pair id comes first.
 *
 * @throws FailureError `bad-data`
 */
export async function readSessions(
  files: PairFiles,
  options: { readonly threads: number },
): Promise<SessionSet> {
  const itemCount = readItemCatalogue(files.items, 'items').length;
  return await withDatabase({ threads: options.threads }, async (database) => {
    const { prefix_len: _, ...columns } = pairColumns;
    await createTable(database, 'pairs', { path: files.pairs, file: 'pairs' }, columns);
    await checkPairs(database, { itemCount, pairsFile: 'pairs' });
    const visits = await database.columns(
      `WITH recent AS (
         SELECT user_id, session_id,
                (row_number() OVER (ORDER BY max(label_ts_epoch) DESC, max(pair_id) DESC) - 1)::INTEGER AS session
         FROM pairs GROUP BY user_id, session_id
       ),
       visits AS (SELECT user_id, session_id, unnest(list_append(prefix, label)) AS item FROM pairs)
       SELECT DISTINCT session, item FROM visits JOIN recent USING (user_id, session_id) ORDER BY session, item`,
    );
    return {
      itemCount,
      sessions: visits['session'] as Int32Array,
      items: visits['item'] as Int32Array,
    };
  });
}
