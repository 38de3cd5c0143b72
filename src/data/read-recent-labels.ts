import { withDatabase } from '../tables/database.js';
import { readItemCatalogue } from './item-catalogue.js';
import { checkPairs, createTable } from './pair-tables.js';
import type { PairFiles } from './read-pairs.js';
import { pairColumns } from './table-columns.js';

/** The next items of a split's pairs. */
export interface RecentLabels {
  readonly itemCount: number;
  /** Of all pairs. */
  readonly all: Int32Array;
  /** Of those in the window. */
  readonly recent: Int32Array;
}

/**
 * The labels of all pairs of a split, and of the most recent ones.
 *
 * @param window how many pairs, the latest by time and then by pair id, and how many days before the latest; all where
 *   neither is said
 * @throws FailureError `bad-data`
 */
export async function readRecentLabels(
  files: PairFiles,
  window: { readonly pairs?: number | undefined; readonly days?: number | undefined },
  options: { readonly threads: number },
): Promise<RecentLabels> {
  const itemCount = readItemCatalogue(files.items, 'items').length;
  const { pair_id, user_id, prefix, label, label_ts_epoch } = pairColumns;
  return await withDatabase(options, async (database) => {
    const columns = { pair_id, user_id, prefix, label, label_ts_epoch };
    await createTable(database, 'pairs', { path: files.pairs, file: 'pairs' }, columns);
    await checkPairs(database, { itemCount, pairsFile: 'pairs' });
    const all = await database.columns('SELECT label FROM pairs ORDER BY pair_id');
    const recent = await database.columns(
      `SELECT label FROM (
         SELECT pair_id, label, label_ts_epoch, max(label_ts_epoch) OVER () AS latest,
                row_number() OVER (ORDER BY label_ts_epoch DESC, pair_id DESC) AS place
         FROM pairs
       ) WHERE ($pairs IS NULL OR place <= $pairs) AND ($days IS NULL OR label_ts_epoch > latest - 86400 * $days)
       ORDER BY pair_id`,
      { pairs: window.pairs ?? null, days: window.days ?? null },
    );
    return { itemCount, all: all['label'] as Int32Array, recent: recent['label'] as Int32Array };
  });
}
