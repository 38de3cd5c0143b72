import { type Database, withDatabase } from '../tables/database.js';
import { readItemCatalogue } from './item-catalogue.js';
import type { PairSet } from './pair-set.js';
import { checkPairs, createTable } from './pair-tables.js';
import { type ColumnRules, pairColumns } from './table-columns.js';
import { type History, sessionOrderOf, withWholeHistories } from './whole-histories.js';

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
 * @param options.history `session` where it is not said
 * @throws FailureError `bad-data`
 */
export async function readPairs(
  files: PairFiles,
  options: {
    readonly threads: number;
    readonly maxPrefixLength: number;
    readonly history?: History | undefined;
  },
): Promise<SplitPairs> {
  const itemCount = readItemCatalogue(files.items, 'items').length;
  return await withDatabase({ threads: options.threads }, async (database) => {
    const columns = columnsFor(options.history);
    await createTable(database, 'pairs', { path: files.pairs, file: 'pairs' }, columns);
    await checkPairs(database, { itemCount, pairsFile: 'pairs' });
    const { pairs } = await pairSetOf(database, options.maxPrefixLength, options.history);
    return { itemCount, pairs };
  });
}

/** The columns of pairs that are wanted for such prefixes. */
export function columnsFor(history: History = 'session'): ColumnRules {
  const { pair_id, user_id, session_id, prefix, label, label_ts_epoch } = pairColumns;
  const columns = { pair_id, user_id, prefix, label };
  return history === 'session' ? columns : { ...columns, session_id, label_ts_epoch };
}

/**
 * The temporary table `pairs` in order of pair id, with the columns for the history; longer prefixes keep their last
 * items only.
 */
export async function pairSetOf(
  database: Database,
  maxPrefixLength: number,
  history: History = 'session',
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
  const set: PairSet = {
    items: items['item'] as Int32Array,
    offsets: runningTotal(pairs['length'] as Int32Array),
    labels: pairs['label'] as Int32Array,
  };
  return {
    pairs:
      history === 'session' ? set : withWholeHistories(set, await sessionOrderOf(database), maxPrefixLength),
    pairIds: pairs['pair_id'] as Float64Array,
  };
}

/** `[lengths + 1]` where each begins, and where the last ends. */
export function runningTotal(lengths: Int32Array): Int32Array {
  const totals = new Int32Array(lengths.length + 1);
  for (const [index, length] of lengths.entries()) totals[index + 1] = (totals[index] ?? 0) + length;
  return totals;
}
