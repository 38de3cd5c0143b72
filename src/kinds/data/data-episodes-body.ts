import { copyFileSync, readFileSync } from 'node:fs';
import { formatCount } from '../../base/quantities.js';
import { createView } from '../../data/pair-tables.js';
import { pairColumns } from '../../data/table-columns.js';
import { enoughUsers } from '../../statistics/enough-users.js';
import { badData } from '../../tables/bad-data.js';
import { withDatabase } from '../../tables/database.js';
import { parquetFile, writeParquet } from '../../tables/parquet.js';
import type { KindContext } from '../kind-body.js';
import { filePath, inputTree } from '../ports.js';
import type { EpisodesParameters } from './data-episodes.js';

const episodes = readFileSync(new URL('./data-episodes.sql', import.meta.url), 'utf8');

/** Writes pairs, episodes and catalogue of each split. */
export async function run(context: KindContext<EpisodesParameters>): Promise<void> {
  const input = inputTree(context, 'pairs');
  const { k, q, support_order } = context.parameters;
  // An evaluation with a smaller k takes the last of the list.
  const newestFirst = support_order === 'first';
  await withDatabase(context, async (database) => {
    for (const split of ['train', 'val', 'test']) {
      const pairs = filePath(input, split);
      const output = context.output(`${split}/episodes`);
      const { pair_id, user_id, label_ts_epoch } = pairColumns;
      await createView(
        database,
        'pairs',
        { path: pairs, file: `pairs of ${split}` },
        { pair_id, user_id, label_ts_epoch },
        'pair_id',
      );
      await writeParquet(database, {
        query: episodes,
        parameters: { k, q, every_window: split === 'train', newest_first: newestFirst },
        orderBy: ['episode_id'],
        path: output,
      });
      copyFileSync(pairs, context.output(`${split}/pairs`));
      copyFileSync(filePath(input, 'items'), context.output(`${split}/items`));
      const [counts] = await database.rows(
        `SELECT count(*) AS episodes, count(DISTINCT user_id) AS users FROM ${parquetFile(output)}`,
      );
      context.log(`${split}: ${counts?.['episodes']} episodes of ${counts?.['users']} users`);
      if (split !== 'train' && Number(counts?.['users']) < enoughUsers) {
        const [all] = await database.rows('SELECT count(DISTINCT user_id) AS users FROM pairs');
        context.note(
          `warning: ${split}: ${counts?.['users']} of ${formatCount(Number(all?.['users']), 'user')} have the ${k + q} pairs that k + q take; below ${enoughUsers}, figures say little`,
        );
      }
      if (split === 'train' && counts?.['episodes'] === 0) {
        throw badData('pairs of train', `no user has ${k + q} pairs, so there is no episode to learn from`, {
          hint: 'lower k or q, or give train more users',
        });
      }
    }
  });
}
