import { type Database, withDatabase } from '../tables/database.js';
import { readItemCatalogue } from './item-catalogue.js';
import type { PairSet } from './pair-set.js';
import { checkPairs, createTable } from './pair-tables.js';
import { pairColumns } from './table-columns.js';

/** All pairs of one split, in order of pair id. */
export interface SplitPairs {
  readonly itemCount: number;
  readonly pairs: PairSet;
}

/** Paths of a split's pairs and of the items. */
export interface PairFiles {
  readonly pairs: string;
  readonly items: string;
}

/**
 * Reads the pairs of one split into typed arrays and checks them.
 *
 * @param options.maxPrefixLength longer prefixes keep their last items only
 * @throws FailureError `bad-data`
 */
export async function readPairs(
  files: PairFiles,
  options: { readonly threads: number; readonly maxPrefixLength: number },
): Promise<SplitPairs> {
  const itemCount = readItemCatalogue(files.items, 'items').length;
  const { pair_id, user_id, prefix, label } = pairColumns;
  return await withDatabase({ threads: options.threads }, async (database) => {
    const columns = { pair_id, user_id, prefix, label };
    await createTable(database, 'pairs', { path: files.pairs, file: 'pairs' }, columns);
    await checkPairs(database, { itemCount, pairsFile: 'pairs' });
    const { pairs } = await pairSetOf(database, options.maxPrefixLength);
    return { itemCount, pairs };
  });
}

/** The temporary table `pairs` in order of pair id; longer prefixes keep their last items only. */
export async function pairSetOf(
  database: Database,
  maxPrefixLength: number,
): Promise<{ readonly pairs: PairSet; readonly pairIds: Float64Array }> {
  const pairs = await database.columns(
    `SELECT pair_id::DOUBLE AS pair_id, label, least(len(prefix), $length)::INTEGER AS length
       FROM pairs ORDER BY pairs.pair_id`,
    { length: maxPrefixLength },
  );
  const items = await database.columns(
    `SELECT item FROM (
         SELECT pair_id, unnest(prefix[-$length:]) AS item, generate_subscripts(prefix[-$length:], 1) AS place
         FROM pairs
       ) ORDER BY pair_id, place`,
    { length: maxPrefixLength },
  );
  return {
    pairs: {
      items: items['item'] as Int32Array,
      offsets: runningTotal(pairs['length'] as Int32Array),
      labels: pairs['label'] as Int32Array,
    },
    pairIds: pairs['pair_id'] as Float64Array,
  };
}

/** `[lengths + 1]` where each begins, and where the last ends. */
export function runningTotal(lengths: Int32Array): Int32Array {
  const totals = new Int32Array(lengths.length + 1);
  for (const [index, length] of lengths.entries()) totals[index + 1] = (totals[index] ?? 0) + length;
  return totals;
}
