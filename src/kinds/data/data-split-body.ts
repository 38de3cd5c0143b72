import { copyFileSync, readFileSync } from 'node:fs';
import { formatCount } from '../../base/quantities.js';
import { createView } from '../../data/pair-tables.js';
import { pairColumns } from '../../data/table-columns.js';
import { badData } from '../../tables/bad-data.js';
import { type Database, withDatabase } from '../../tables/database.js';
import { writeParquet } from '../../tables/parquet.js';
import type { KindContext } from '../kind-body.js';
import { filePath, inputTree } from '../ports.js';
import type { SplitParameters } from './data-split.js';

const splits = readFileSync(new URL('./data-split.sql', import.meta.url), 'utf8');

const lastOut = readFileSync(new URL('./data-split-last-out.sql', import.meta.url), 'utf8');

/** Writes the pairs of each split, and the catalogue as it came. */
export async function run(context: KindContext<SplitParameters>): Promise<void> {
  const input = inputTree(context, 'pairs');
  await withDatabase(context, async (database) => {
    await createView(
      database,
      'pairs',
      { path: filePath(input, 'pairs'), file: 'pairs' },
      pairColumns,
      'pair_id',
    );
    await (context.parameters.by === 'leave_last_out' ? leaveLastOut : divideUsers)(context, database);
  });
  copyFileSync(filePath(input, 'items'), context.output('items'));
}

/** Each user is of one split. */
async function divideUsers(context: KindContext<SplitParameters>, database: Database): Promise<void> {
  const { train = 0, val = 0, test = 0, by, folds = 0, fold = 0, seed } = context.parameters;
  const [cutAt] =
    by === 'time'
      ? await database.rows('SELECT quantile_disc(label_ts_epoch, $train::DOUBLE) AS cut FROM pairs', {
          train,
        })
      : [];
  const cut = cutAt === undefined ? null : Number(cutAt['cut']);
  if (cut !== null && train > 0) await refuseNothingBefore(database, cut);
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
  if (cut !== null && !counts.some((row) => row['split'] === 'val' || row['split'] === 'test')) {
    context.note(
      'warning: all users began before the time that divides, so that val and test have none; lower train, or divide by: users',
    );
  }
  context.log(`users: ${counts.map((row) => `${row['split'] ?? 'left out'} ${row['users']}`).join(', ')}`);
}

/** Where the earliest pairs share one time, more of them than train is to have, none is before the cut. */
async function refuseNothingBefore(database: Database, cut: number): Promise<void> {
  const [found] = await database.rows(
    `SELECT count(*)::DOUBLE AS pairs, count(*) FILTER (label_ts_epoch < $cut)::DOUBLE AS earlier,
            count(*) FILTER (label_ts_epoch = $cut)::DOUBLE AS same FROM pairs`,
    { cut },
  );
  const count = (name: string) => Number(found?.[name]);
  if (count('earlier') > 0) return;
  const all = formatCount(count('pairs'), 'pair');
  const which = count('same') === count('pairs') ? `all ${all}` : `the first ${count('same')} of ${all}`;
  throw badData('pairs', `${which} have one time, so no time divides them`, {
    hint: 'divide by: users, or check the column and time_unit of data.import',
  });
}

/** Each user is of all splits, or of train alone, and what val and test ask for is of no other. */
async function leaveLastOut(context: KindContext<SplitParameters>, database: Database): Promise<void> {
  const { leave_out = 0 } = context.parameters;
  await database.run(`CREATE TEMP TABLE places AS ${lastOut}`);
  const [longest] = await database.rows('SELECT max(pair_count)::DOUBLE AS pairs FROM places');
  const most = Number(longest?.['pairs']);
  if (most <= 2 * leave_out) {
    throw badData(
      'pairs',
      `no user has more than ${formatCount(2 * leave_out, 'pair')}, twice leave_out, so that nothing is left out for val and test`,
      { hint: `lower leave_out: the user with most has ${formatCount(most, 'pair')}` },
    );
  }
  const wheres = {
    train: 'pair_count <= 2 * $leave_out OR from_end > 2 * $leave_out',
    val: 'pair_count > 2 * $leave_out AND from_end > $leave_out',
    test: 'pair_count > 2 * $leave_out',
  };
  for (const [split, where] of Object.entries(wheres)) {
    await writeParquet(database, {
      query: `SELECT pairs.* FROM pairs JOIN places USING (pair_id) WHERE ${where}`,
      parameters: { leave_out },
      orderBy: ['pair_id'],
      path: context.output(split),
    });
  }
  const [counts] = await database.rows(
    `SELECT count(*) AS users, count(*) FILTER (pair_count > 2 * $leave_out) AS asked
     FROM places WHERE from_end = 1`,
    { leave_out },
  );
  context.log(
    `users: ${counts?.['users']} in train, of ${counts?.['asked']} of them the last ${leave_out} pairs are asked for in test and the ${leave_out} before in val`,
  );
}
