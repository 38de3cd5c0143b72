import { readFileSync } from 'node:fs';
import type { Tree } from '../../../base/files/tree.js';
import { readItemCatalogue } from '../../../data/item-catalogue.js';
import { createTable, createView } from '../../../data/pair-tables.js';
import { episodeColumns, pairColumns } from '../../../data/table-columns.js';
import { badData } from '../../../tables/bad-data.js';
import type { Database } from '../../../tables/database.js';
import { filePath } from '../../ports.js';
import type { Grouping } from './pair-groups.js';

const groupedBy = readFileSync(new URL('./query-pairs.sql', import.meta.url), 'utf8');

/** The query pairs of a split, each once. */
export interface QueryPairs {
  /** Row of the columns, by pair id. */
  readonly rowOf: ReadonlyMap<number, number>;
  readonly users: readonly string[];
  readonly values: { readonly [grouping in Grouping]: Int32Array };
}

/**
 * Reads what query pairs are grouped by: how many pairs of train have the label of each, how many items its prefix holds,
 * and how many pairs its user made before it, support pairs too.
 *
 * @param train pairs and items of the users of train
 * @param split pairs, episodes and items of the users who were evaluated on
 * @throws FailureError `bad-data`
 */
export async function readQueryPairs(
  database: Database,
  train: Tree<string>,
  split: Tree<string>,
): Promise<QueryPairs> {
  const [trained, asked] = [train, split].map(
    (tree) => readItemCatalogue(filePath(tree, 'items'), 'items').length,
  );
  if (trained !== asked) {
    throw badData('items', `the training data has ${trained} items, and the episodes have ${asked}`, {
      hint: 'take both from one data.episodes or data.files',
    });
  }
  const { pair_id, user_id, prefix, label, label_ts_epoch } = pairColumns;
  await createView(
    database,
    'train_pairs',
    { path: filePath(train, 'pairs'), file: 'pairs of train' },
    { label },
  );
  await createTable(
    database,
    'pairs',
    { path: filePath(split, 'pairs'), file: 'pairs' },
    { pair_id, user_id, prefix, label, label_ts_epoch },
    'pair_id',
  );
  await createTable(
    database,
    'episodes',
    { path: filePath(split, 'episodes'), file: 'episodes' },
    episodeColumns,
  );
  const columns = await database.columns(groupedBy);
  const ids = columns['pair_id'] as Float64Array;
  const valuesOf = (grouping: Grouping) => columns[grouping] as Int32Array;
  return {
    rowOf: new Map(Array.from(ids, (id, row) => [id, row])),
    users: columns['user_id'] as readonly string[],
    values: {
      train_count: valuesOf('train_count'),
      prefix_length: valuesOf('prefix_length'),
      history_length: valuesOf('history_length'),
    },
  };
}
