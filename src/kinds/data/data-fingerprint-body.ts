import { createHash } from 'node:crypto';
import { closeSync, createReadStream, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { leavesOf, type Tree } from '../../base/files/tree.js';
import { writeFile } from '../../base/files/write-file.js';
import { isJsonObject, type Json, type JsonObject } from '../../base/json.js';
import { withNumberText } from '../../base/number-text.js';
import { ascends, createView } from '../../data/pair-tables.js';
import { coldStartText, splitText } from '../../data/split-texts.js';
import { episodeColumns, pairColumns } from '../../data/table-columns.js';
import { readingUserFile } from '../../tables/bad-data.js';
import { type CellValue, type Database, type Row, sqlName, withDatabase } from '../../tables/database.js';
import { parquetFile } from '../../tables/parquet.js';
import { allSettled, type QueryPool, withQueryPool } from '../../tables/query-pool.js';
import type { KindContext } from '../kind-body.js';
import { inputTree } from '../ports.js';

const boundsOrder = readFileSync(new URL('./data-fingerprint-bounds.sql', import.meta.url), 'utf8');
const orderOfAll = readFileSync(new URL('./data-fingerprint-order.sql', import.meta.url), 'utf8');
const coldStart = readFileSync(new URL('./data-fingerprint-cold-start.sql', import.meta.url), 'utf8');
const knownUsers = readFileSync(new URL('./data-fingerprint-known-users.sql', import.meta.url), 'utf8');
const splitNames = ['train', 'val', 'test'];
const integer = /^U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)$/;
const largestJson = 256 * 2 ** 20;

/** Writes the JSON `fingerprint`. */
export async function run(context: KindContext): Promise<void> {
  const data = inputTree(context, 'data');
  await withDatabase(context, async (database) => {
    const described = await withQueryPool(database, context.threads, (pool) =>
      allSettled(
        [...leavesOf(data)].map(async ({ path, leaf }) => {
          const content = await contentOf(pool, path, leaf);
          return [path, { sha256: await sha256Of(leaf), bytes: statSync(leaf).size, ...content }] as const;
        }),
      ),
    );
    const files: JsonObject = Object.fromEntries(described);
    const splits = splitsOf(data);
    const users = splits.length < 2 ? undefined : await usersOf(database, splits);
    const fingerprint = {
      files,
      ...(users === undefined ? {} : { users }),
      ...(await episodesOf(database, splits)),
      ...(await knownUsersOf(database, splits, users?.shared ?? [])),
    };
    for (const line of linesOf(fingerprint)) context.log(line);
    writeFile(context.output('fingerprint'), `${withNumberText(JSON.stringify(fingerprint, null, 2))}\n`);
  });
}

/** What it says of splits and of what they ask for, in words. */
function linesOf(fingerprint: JsonObject): readonly string[] {
  const divided = splitText(fingerprint);
  const { cold_start: asked = {} } = fingerprint;
  return [
    ...(divided === undefined ? [] : [divided]),
    ...Object.entries(isJsonObject(asked) ? asked : {}).map(
      ([split, found]) => `${split}: ${coldStartText(found)}`,
    ),
  ];
}

async function contentOf(pool: QueryPool, name: string, path: string): Promise<JsonObject> {
  const start = firstBytes(path);
  if (start === 'PAR1') {
    return await readingUserFile(name, 'a parquet file', () => describeParquet(pool, path));
  }
  if (!/^\s*[[{]/.test(start) || statSync(path).size > largestJson) return {};
  try {
    const content = JSON.parse(readFileSync(path, 'utf8')) as Json;
    return isJsonObject(content) ? { names: Object.keys(content).length } : {};
  } catch {
    return {};
  }
}

async function describeParquet(pool: QueryPool, path: string): Promise<JsonObject> {
  const source = parquetFile(path);
  const [total] = await pool.rows(`SELECT count(*) AS rows FROM ${source}`);
  const described = await pool.rows(`DESCRIBE SELECT * FROM ${source}`);
  const columns = await allSettled(
    described.map(async (row) => {
      const name = String(row['column_name']);
      const type = String(row['column_type']);
      return [name, { type, ...(await describeColumn(pool, source, name, type)) }] as const;
    }),
  );
  return { rows: asJson(total?.['rows'] ?? 0), columns: Object.fromEntries(columns) };
}

async function describeColumn(
  pool: QueryPool,
  source: string,
  column: string,
  type: string,
): Promise<JsonObject> {
  const name = sqlName(column);
  const nulls = `count(*) - count(${name}) AS nulls`;
  const statistics = (value: string) => `min(${value}) AS min, max(${value}) AS max`;
  // Ids that ascend are all different: no table of them all is needed to count them.
  const distinct = async () =>
    integer.test(type) && (await ascends(pool, source, column))
      ? `count(${name})`
      : `count(DISTINCT ${name})`;
  const query = type.endsWith('[]')
    ? `SELECT lists.*, elements.* FROM
         (SELECT ${nulls}, min(len(${name})) AS min_length, max(len(${name})) AS max_length FROM ${source}) AS lists,
         (SELECT ${statistics('element')}, count(DISTINCT element) AS "distinct"
          FROM (SELECT unnest(${name}) AS element FROM ${source})) AS elements`
    : `SELECT ${nulls}, ${statistics(name)}, ${await distinct()} AS "distinct" FROM ${source}`;
  const [row] = await pool.rows(query);
  return Object.fromEntries(
    Object.entries(row ?? {}).map(([statistic, value]) => [statistic, asJson(value)]),
  );
}

interface Split {
  readonly name: string;
  readonly pairs: string;
  readonly episodes?: string;
}

/** The splits in the data: files of pairs called train, val, test, or bundles with a file `pairs`. */
function splitsOf(data: Tree<string>): readonly Split[] {
  if (data.type !== 'bundle') return [];
  return splitNames.flatMap((name) => {
    const port = data.ports[name];
    if (port?.type === 'file') return firstBytes(port.leaf) === 'PAR1' ? [{ name, pairs: port.leaf }] : [];
    const pairs = port?.type === 'bundle' ? port.ports['pairs'] : undefined;
    const episodes = port?.type === 'bundle' ? port.ports['episodes'] : undefined;
    if (pairs?.type !== 'file') return [];
    return [{ name, pairs: pairs.leaf, ...(episodes?.type === 'file' ? { episodes: episodes.leaf } : {}) }];
  });
}

/** Users that several splits have, by the names of these. */
interface SharedUsers {
  /** With commas. */
  readonly splits: string;
  readonly users: Json;
  readonly example: Json;
}

async function usersOf(
  database: Database,
  splits: readonly Split[],
): Promise<JsonObject & { readonly shared: readonly (SharedUsers & JsonObject)[] }> {
  const { user_id } = pairColumns;
  await database.run('CREATE TEMP TABLE users (split VARCHAR, user_id VARCHAR)');
  for (const { name, pairs, episodes } of splits) {
    for (const path of episodes === undefined ? [pairs] : [pairs, episodes]) {
      await createView(database, 'some_users', { path, file: name }, { user_id });
      await database.run('INSERT INTO users SELECT DISTINCT $split, user_id FROM some_users', {
        split: name,
      });
    }
  }
  const perSplit: { [split: string]: Json } = {};
  for (const { name, episodes } of splits) {
    const [all] = await database.rows('SELECT count(DISTINCT user_id) AS n FROM users WHERE split = $name', {
      name,
    });
    const [some] =
      episodes === undefined
        ? []
        : await database.rows(`SELECT count(DISTINCT user_id) AS n FROM ${parquetFile(episodes)}`);
    perSplit[name] = {
      users: asJson(all?.['n'] ?? 0),
      ...(some === undefined ? {} : { users_with_episodes: asJson(some['n'] ?? 0) }),
    };
  }
  const shared = await database.rows(
    `SELECT splits, count(*) AS users, min(user_id) AS example
     FROM (SELECT user_id, string_agg(DISTINCT split, ', ' ORDER BY split) AS splits FROM users
           WHERE user_id IN (SELECT user_id FROM users GROUP BY user_id HAVING min(split) <> max(split))
           GROUP BY user_id)
     GROUP BY splits ORDER BY splits`,
  );
  return {
    splits: perSplit,
    disjoint: shared.length === 0,
    shared: shared.map((row) => ({
      splits: String(row['splits']),
      users: asJson(row['users'] ?? 0),
      example: asJson(row['example'] ?? null),
    })),
  };
}

/**
 * Of each split with episodes whether support precedes query, and of val and test how much of what they ask for stands
 * in their support, or never in train; that where pairs have labels.
 */
async function episodesOf(database: Database, splits: readonly Split[]): Promise<JsonObject> {
  const order: { [split: string]: Json } = {};
  const asked: { [split: string]: Json } = {};
  const { pair_id, user_id, label, label_ts_epoch } = pairColumns;
  const train = splits.find(({ name }) => name === 'train');
  const learned =
    train !== undefined && (await hasColumn(database, train.pairs, 'label')) ? train : undefined;
  for (const { name, pairs, episodes } of splits) {
    if (episodes === undefined) continue;
    const isAsked = name !== 'train' && learned !== undefined && (await hasColumn(database, pairs, 'label'));
    await createView(
      database,
      'pairs',
      { path: pairs, file: `${name}/pairs` },
      { pair_id, user_id, label_ts_epoch, ...(isAsked ? { label } : {}) },
    );
    await createView(database, 'episodes', { path: episodes, file: `${name}/episodes` }, episodeColumns);
    order[name] = asObject((await orderByBounds(database)) ?? (await database.rows(orderOfAll))[0]);
    if (!isAsked) continue;
    if (Object.keys(asked).length === 0) {
      const file = { path: learned.pairs, file: 'train/pairs' };
      await createView(database, 'train_pairs', file, { label, label_ts_epoch });
    }
    asked[name] = asObject((await database.rows(coldStart))[0]);
  }
  return {
    ...(Object.keys(order).length === 0 ? {} : { order }),
    ...(Object.keys(asked).length === 0 ? {} : { cold_start: asked }),
  };
}

/** Of val and test, where train has users of theirs: how much of what they ask for train was told. */
async function knownUsersOf(
  database: Database,
  splits: readonly Split[],
  shared: readonly SharedUsers[],
): Promise<JsonObject> {
  const ofTrain = shared.map((one) => one.splits.split(', ')).filter((names) => names.includes('train'));
  const train = splits.find(({ name }) => name === 'train');
  const known: { [split: string]: Json } = {};
  for (const { name, pairs, episodes } of splits) {
    if (train === undefined || episodes === undefined || name === 'train') continue;
    if (!ofTrain.some((names) => names.includes(name))) continue;
    if (!(await hasColumn(database, train.pairs, 'label'))) continue;
    if (!(await hasColumn(database, pairs, 'label'))) continue;
    known[name] = asObject(await askedOfTrain(database, train.pairs, { name, pairs, episodes }));
  }
  return Object.keys(known).length === 0 ? {} : { known_users: known };
}

async function askedOfTrain(
  database: Database,
  train: string,
  { name, pairs, episodes }: Required<Split>,
): Promise<Row | undefined> {
  const hasPrefixes =
    (await hasColumn(database, train, 'prefix')) && (await hasColumn(database, pairs, 'prefix'));
  const { pair_id, user_id, label, label_ts_epoch, prefix } = pairColumns;
  const columns = { user_id, label, label_ts_epoch, ...(hasPrefixes ? { prefix } : {}) };
  const content = `user_id, label_ts_epoch, label, ${hasPrefixes ? 'prefix' : '[]::INTEGER[] AS prefix'}`;
  await createView(database, 'train_content', { path: train, file: 'train/pairs' }, columns);
  await createView(database, 'content', { path: pairs, file: `${name}/pairs` }, { pair_id, ...columns });
  await database.run(`CREATE OR REPLACE TEMP VIEW told AS SELECT ${content} FROM train_content`);
  await database.run(
    `CREATE OR REPLACE TEMP TABLE asked AS SELECT ${content} FROM content
     WHERE pair_id IN (SELECT unnest(query_pair_ids) FROM ${parquetFile(episodes)})`,
  );
  return (await database.rows(knownUsers))[0];
}

function asObject(row: Row | undefined): JsonObject {
  return Object.fromEntries(Object.entries(row ?? {}).map(([column, value]) => [column, asJson(value)]));
}

/** The same as `orderOfAll` gives, where nothing is out of order; undefined where something is. */
async function orderByBounds(database: Database): Promise<Row | undefined> {
  if (!(await ascends(database, '"pairs"', 'pair_id'))) return undefined;
  if (!(await ascends(database, '"episodes"', 'episode_id'))) return undefined;
  const [row] = await database.rows(boundsOrder);
  const { irregular, ...counts } = row ?? {};
  return irregular === 0 ? counts : undefined;
}

async function hasColumn(database: Database, file: string, column: string): Promise<boolean> {
  const columns = await database.rows(`DESCRIBE SELECT * FROM ${parquetFile(file)}`);
  return columns.some((row) => row['column_name'] === column);
}

function asJson(value: CellValue): Json {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'bigint' ? String(value) : JSON.stringify(value);
}

function firstBytes(path: string): string {
  const buffer = Buffer.alloc(4);
  const descriptor = openSync(path, 'r');
  try {
    return buffer.subarray(0, readSync(descriptor, buffer)).toString('latin1');
  } finally {
    closeSync(descriptor);
  }
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
