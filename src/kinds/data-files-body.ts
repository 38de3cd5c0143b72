import { relative } from 'node:path';
import { type Failure, FailureError } from '../base/failure.js';
import { type ItemNames, readItemCatalogue, writeItemCatalogue } from '../data/item-catalogue.js';
import { checkPairsAndEpisodes, createTable } from '../data/pair-tables.js';
import { episodeColumns, pairColumns } from '../data/table-columns.js';
import { badData } from '../tables/bad-data.js';
import { type Database, withDatabase } from '../tables/database.js';
import { writeParquet } from '../tables/parquet.js';
import type { KindContext } from './kind.js';

const splits = ['train', 'val', 'test'] as const;

/** Checks all seven files, tells all that is wrong at once, and writes them in kshot's own column types and order. */
export async function run(context: KindContext): Promise<void> {
  const failures: Failure[] = [];
  const names = await collecting(failures, async () =>
    readItemCatalogue(context.files['items'] ?? '', shown(context, context.files['items'] ?? '')),
  );
  await withDatabase(context, async (database) => {
    for (const split of splits) {
      await collecting(failures, () => takeSplit(context, database, split, names));
    }
  });
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
  await collecting(failures, () => createTable(database, 'pairs', pairs, pairColumns));
  await collecting(failures, () => createTable(database, 'episodes', episodes, episodeColumns));
  const [first, ...others] = failures;
  if (first !== undefined) {
    throw new FailureError({ ...first, details: others.map((one) => one.message) });
  }
  const [padded] = await database.rows(
    'SELECT count(*) AS pairs, min(pair_id) AS example FROM pairs WHERE prefix_len < len(prefix)',
  );
  if (padded?.['pairs'] !== 0) {
    throw badData(
      pairs.file,
      `prefix is longer than prefix_len in ${padded?.['pairs']} rows (first: pair_id ${padded?.['example']})`,
      {
        hint: 'prefixes come without padding',
      },
    );
  }
  // Without a catalogue, which has been reported, no id can be checked.
  if (names === undefined) return;
  await checkPairsAndEpisodes(database, {
    itemCount: names.length,
    pairsFile: pairs.file,
    episodesFile: episodes.file,
  });
  const output = (table: string) => context.output(`${split}/${table}`);
  await writeParquet(database, { query: 'SELECT * FROM pairs', orderBy: ['pair_id'], path: output('pairs') });
  await writeParquet(database, {
    query: 'SELECT * FROM episodes',
    orderBy: ['episode_id'],
    path: output('episodes'),
  });
  writeItemCatalogue(output('items'), names);
  const [counts] = await database.rows(
    'SELECT count(*) AS episodes, count(DISTINCT user_id) AS users FROM episodes',
  );
  context.log(`${split}: ${counts?.['episodes']} episodes of ${counts?.['users']} users`);
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
