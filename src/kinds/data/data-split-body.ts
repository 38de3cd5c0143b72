import { copyFileSync, readFileSync } from 'node:fs';
import { createView } from '../../data/pair-tables.js';
import { pairColumns } from '../../data/table-columns.js';
import { withDatabase } from '../../tables/database.js';
import { writeParquet } from '../../tables/parquet.js';
import type { KindContext } from '../kind.js';
import { filePath, inputTree } from '../ports.js';
import type { SplitParameters } from './data-split.js';

const splits = readFileSync(new URL('./data-split.sql', import.meta.url), 'utf8');

/** Writes the pairs of each split, and the catalogue as it came. */
export async function run(context: KindContext<SplitParameters>): Promise<void> {
  const input = inputTree(context, 'pairs');
  const { train, val, test, by, folds = 0, fold = 0, seed } = context.parameters;
  await withDatabase(context, async (database) => {
    await createView(
      database,
      'pairs',
      { path: filePath(input, 'pairs'), file: 'pairs' },
      pairColumns,
      'pair_id',
    );
    const [cutAt] =
      by === 'time'
        ? await database.rows('SELECT quantile_disc(label_ts_epoch, $train::DOUBLE) AS cut FROM pairs', {
            train,
          })
        : [];
    const cut = cutAt === undefined ? null : Number(cutAt['cut']);
    await database.run(`CREATE TEMP TABLE users AS ${splits}`, {
      seed: String(seed),
      cut,
      folds,
      fold,
      train,
      val,
      test,
    });
    for (const split of ['train', 'val', 'test']) {
      await writeParquet(database, {
        query: `SELECT pairs.* FROM pairs JOIN users USING (user_id)
          WHERE split = $split AND ($cut IS NULL OR split <> 'train' OR label_ts_epoch < $cut)`,
        parameters: { split, cut },
        orderBy: ['pair_id'],
        path: context.output(split),
      });
    }
    if (cut !== null) {
      context.log(
        `train is before ${new Date(cut * 1000).toISOString()}, users of val and test began at it or later`,
      );
    }
    const counts = await database.rows(
      'SELECT split, count(*) AS users FROM users GROUP BY split ORDER BY split',
    );
    context.log(`users: ${counts.map((row) => `${row['split'] ?? 'left out'} ${row['users']}`).join(', ')}`);
  });
  copyFileSync(filePath(input, 'items'), context.output('items'));
}
