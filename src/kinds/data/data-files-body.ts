import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { type Failure, FailureError } from '../../base/failure.js';
import { formatCount } from '../../base/quantities.js';
import { type ItemNames, readItemCatalogue, writeItemCatalogue } from '../../data/item-catalogue.js';
import { checkPairsAndEpisodes, createTable } from '../../data/pair-tables.js';
import { lateSupportText, sharedUsersText } from '../../data/split-texts.js';
import { foreignEpisodeColumns, foreignPairColumns } from '../../data/table-columns.js';
import { badData } from '../../tables/bad-data.js';
import { type Database, withDatabase } from '../../tables/database.js';
import { writeParquet } from '../../tables/parquet.js';
import type { KindContext } from '../kind-body.js';

const ownedPairs = readFileSync(new URL('./data-files.sql', import.meta.url), 'utf8');
const orderOfEpisodes = readFileSync(new URL('./data-fingerprint-order.sql', import.meta.url), 'utf8');
const splits = ['train', 'val', 'test'] as const;

/** Checks all seven files, tells all that is wrong at once, and writes them in kshot's own column types and order. */
export async function run(context: KindContext): Promise<void> {
  const failures: Failure[] = [];
  const names = await collecting(failures, async () =>
    readItemCatalogue(context.files['items'] ?? '', shown(context, context.files['items'] ?? '')),
  );
  await withDatabase(context, async (database) => {
    await database.run('CREATE TEMP TABLE users (split VARCHAR, user_id VARCHAR)');
    for (const split of splits) {
      await collecting(failures, () => takeSplit(context, database, split, names));
    }
    await warnOfSharedUsers(context, database);
  });
  if (names !== undefined) writeItemCatalogue(context.output('items'), names);
  const [first, ...others] = failures;
  if (first === undefined) return;
  throw new FailureError({
    ...first,
    details: [...(first.details ?? []), ...others.flatMap((one) => [one.message, ...(one.details ?? [])])],
  });
}

async function takeSplit(
  context: KindContext,
  database: Database,
  split: (typeof splits)[number],
  names: ItemNames | undefined,
): Promise<void> {
  const pairs = tableFile(context, `${split}.pairs`);
  const episodes = tableFile(context, `${split}.episodes`);
  const failures: Failure[] = [];
  await collecting(failures, () => createTable(database, 'pairs', pairs, foreignPairColumns));
  await collecting(failures, () => createTable(database, 'episodes', episodes, foreignEpisodeColumns));
  const [first, ...others] = failures;
  if (first !== undefined) {
    throw new FailureError({ ...first, details: others.map((one) => one.message) });
  }
  await checkPrefixLengths(context, database, pairs.file);
  // Without a catalogue, which has been reported, no id can be checked.
  if (names === undefined) return;
  await database.run('UPDATE episodes SET episode_id = rowid WHERE episode_id IS NULL');
  await database.run(
    `UPDATE pairs SET user_id = owners.user_id
     FROM (
       SELECT pair_id, min(user_id) AS user_id
       FROM (SELECT user_id, unnest(support_pair_ids || query_pair_ids) AS pair_id FROM episodes)
       GROUP BY pair_id
     ) AS owners
     WHERE pairs.user_id IS NULL AND pairs.pair_id = owners.pair_id`,
  );
  await checkPairsAndEpisodes(database, {
    itemCount: names.length,
    pairsFile: pairs.file,
    episodesFile: episodes.file,
  });
  const output = (table: string) => context.output(`${split}/${table}`);
  await writeParquet(database, { query: ownedPairs, orderBy: ['pair_id'], path: output('pairs') });
  await writeParquet(database, {
    query: 'SELECT * FROM episodes',
    orderBy: ['episode_id'],
    path: output('episodes'),
  });
  writeItemCatalogue(output('items'), names);
  await database.run(
    `INSERT INTO users
     SELECT $split, user_id FROM (SELECT user_id FROM episodes UNION SELECT user_id FROM pairs) WHERE user_id IS NOT NULL`,
    { split },
  );
  await warnOfOrder(context, database, split);
  const [counts] = await database.rows(
    `SELECT count(*) AS episodes, count(DISTINCT user_id) AS users,
            (SELECT count(*) FROM pairs) AS pairs, (SELECT count(*) FROM pairs WHERE user_id IS NULL) AS unowned
     FROM episodes`,
  );
  const { unowned = 0 } = counts ?? {};
  context.log(
    `${split}: ${counts?.['episodes']} episodes of ${counts?.['users']} users, ${counts?.['pairs']} pairs${
      unowned === 0 ? '' : `; ${unowned} of them left out: no episode names them, and the file has no user_id`
    }`,
  );
}

/** Fails where prefixes are longer than their file says, and warns where they are shorter: no step looks at what it says. */
async function checkPrefixLengths(context: KindContext, database: Database, file: string): Promise<void> {
  const pairsWhere = async (condition: string) => {
    const [found] = await database.rows(
      `SELECT count(*) AS pairs, min(pair_id) AS example FROM pairs WHERE ${condition}`,
    );
    return found;
  };
  const cut = await pairsWhere('prefix_len > len(prefix)');
  if (cut?.['pairs'] !== 0) {
    context.note(
      `warning: ${file}: prefix has fewer items than prefix_len says in ${formatCount(Number(cut?.['pairs']), 'row')} (first: pair_id ${cut?.['example']}): they are taken as they stand, as if cut to their last items`,
    );
  }
  const padded = await pairsWhere('prefix_len < len(prefix)');
  if (padded?.['pairs'] === 0) return;
  throw badData(
    file,
    `prefix is longer than prefix_len in ${padded?.['pairs']} rows (first: pair_id ${padded?.['example']})`,
    { hint: 'prefixes come without padding' },
  );
}

/** Says where a user is asked before what it learns from has happened, which the roles of splits cannot tell. */
async function warnOfOrder(context: KindContext, database: Database, split: string): Promise<void> {
  const [found] = await database.rows(orderOfEpisodes);
  if (found?.['support_after_query'] === 0) return;
  context.note(
    `warning: ${lateSupportText(split, Number(found?.['support_after_query']), Number(found?.['episodes']))}`,
  );
}

/** Says which users more than one split has, in pairs or episodes: what is learned from them is no cold start. */
async function warnOfSharedUsers(context: KindContext, database: Database): Promise<void> {
  const shared = await database.rows(
    `SELECT splits, count(*) AS users, min(user_id) AS example
     FROM (SELECT user_id, string_agg(split, ' ' ORDER BY split) AS splits FROM users
           GROUP BY user_id HAVING count(*) > 1)
     GROUP BY splits ORDER BY splits`,
  );
  for (const { splits: names, users, example } of shared) {
    context.note(`warning: ${sharedUsersText(Number(users), String(names).split(' '), String(example))}`);
  }
}

async function collecting<Value>(
  failures: Failure[],
  action: () => Promise<Value>,
): Promise<Value | undefined> {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof FailureError)) throw error;
    failures.push(error.failure);
    return undefined;
  }
}

function tableFile(context: KindContext, name: string): { path: string; file: string } {
  const path = context.files[name] ?? '';
  return { path, file: shown(context, path) };
}

function shown(context: KindContext, path: string): string {
  const below = relative(context.root, path);
  return below.startsWith('..') ? path : below;
}
