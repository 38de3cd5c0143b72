import { readFileSync } from 'node:fs';
import { FailureError } from '../base/failure.js';
import { badData, readingUserFile } from '../tables/bad-data.js';
import { type Database, sqlName, sqlText } from '../tables/database.js';
import { parquetFile, withoutWildcards } from '../tables/parquet.js';
import type { QueryPool } from '../tables/query-pool.js';
import { type ColumnRules, describeColumns, episodeColumns, pairColumns } from './table-columns.js';

/** DuckDB's column of where each row stands in a parquet file; a file's own of that name hides it. */
const rowNumber = 'file_row_number';
/** A column whose first rows do not ascend is read no further. */
const firstRows = 2048;

/** A parquet file of the user's or of an earlier step. */
export interface TableFile {
  readonly path: string;
  /** As the user knows it, for messages. */
  readonly file: string;
}

/**
 * Makes a temporary table of a parquet file: just these columns, in these types, without nulls.
 *
 * @param unique a column by which the rows will be ordered, so that no value of it may come twice
 * @throws FailureError `bad-data` that lists every missing column, wrong type, null and value that cannot be read, by row (from 0)
 */
export async function createTable(
  database: Database,
  name: string,
  file: TableFile,
  columns: ColumnRules,
  unique?: string,
): Promise<void> {
  await createRelation(database, { name, as: 'TABLE' }, file, columns, unique);
}

/**
 * The same as a view, which reads the file again for each query and holds nothing in memory: for files of any size
 * that are read a few times.
 *
 * @returns whether the rows ascend by `unique`
 */
export async function createView(
  database: Database,
  name: string,
  file: TableFile,
  columns: ColumnRules,
  unique?: string,
): Promise<boolean> {
  return await createRelation(database, { name, as: 'VIEW' }, file, columns, unique);
}

async function createRelation(
  database: Database,
  { name, as }: { name: string; as: 'TABLE' | 'VIEW' },
  { path, file }: TableFile,
  columns: ColumnRules,
  unique: string | undefined,
): Promise<boolean> {
  const hint = `expected a parquet file with the columns ${describeColumns(columns)}`;
  return await readingUserFile(file, hint, async () => {
    const described = await database.rows(`DESCRIBE SELECT * FROM ${parquetFile(path)}`);
    const types = new Map(described.map((row) => [String(row['column_name']), String(row['column_type'])]));
    const problems = Object.entries(columns).flatMap(([column, rule]) => {
      const type = types.get(column);
      if (type === undefined) return rule.optional === true ? [] : [`no column ${column}`];
      return rule.accepts.test(type) ? [] : [`column ${column} is ${type}, expected ${rule.type}`];
    });
    if (problems.length > 0) throw badData(file, problems.join('; '), { hint });
    const converted = convert(columns, types);
    const selected = converted.map(({ column, sql }) => `${sql} AS ${sqlName(column)}`);
    await database.run(
      `CREATE OR REPLACE TEMP ${as} ${sqlName(name)} AS SELECT ${selected.join(', ')} FROM ${parquetFile(path)}`,
    );
    const filled = await filledColumns(database, path);
    const needed = converted.filter((one) => one.isThere && !(one.isAsStored && filled.has(one.column)));
    const counted = needed.map(({ column }) => `count(*) - count(${sqlName(column)}) AS ${sqlName(column)}`);
    const [counts] =
      counted.length === 0 ? [] : await database.rows(`SELECT ${counted.join(', ')} FROM ${sqlName(name)}`);
    const holes = needed.filter(({ column }) => counts?.[column] !== 0);
    if (holes.length > 0) {
      const descriptions = holes.map(({ column, sql }) => describeHole(database, path, column, sql));
      throw badData(file, (await Promise.all(descriptions)).join('; '), { hint });
    }
    const key = converted.find(({ column }) => column === unique);
    if (key === undefined) return false;
    if (as === 'VIEW' && (await numbersRows(database, path, key.sql, types))) return true;
    if (await ascends(database, sqlName(name), key.column)) return true;
    const [twice] = await database.rows(
      `SELECT min(value) AS value FROM (
         SELECT ${sqlName(key.column)} AS value FROM ${sqlName(name)} GROUP BY value HAVING count(*) > 1
       ) HAVING count(*) > 0`,
    );
    if (twice !== undefined)
      throw badData(file, `${key.column} ${twice['value']} is there more than once`, { hint });
    return false;
  });
}

/** Whether a value is the place of its row in the file, from 0, which all threads can tell together. */
async function numbersRows(
  database: Database,
  path: string,
  value: string,
  types: ReadonlyMap<string, string>,
): Promise<boolean> {
  const isHidden = [...types.keys()].some((column) => column.toLowerCase() === rowNumber);
  if (isHidden) return false;
  const [other] = await database.rows(
    `SELECT 1 AS one FROM ${parquetFile(path)} WHERE ${value} IS DISTINCT FROM ${rowNumber} LIMIT 1`,
  );
  return other === undefined;
}

/** How each column is read from a file with columns of these types. */
function convert(columns: ColumnRules, types: ReadonlyMap<string, string>) {
  return Object.entries(columns).map(([column, rule]) => {
    const type = types.get(column);
    const name = sqlName(column);
    const value = type === undefined ? 'NULL' : (rule.convert?.(name, type) ?? name);
    const isAsStored = type === rule.type && value === name;
    return { column, isThere: type !== undefined, isAsStored, sql: `TRY_CAST(${value} AS ${rule.type})` };
  });
}

/**
 * The columns that hold no null, nor a list that is null, empty or holds one, as DuckDB has written into the files that
 * it wrote itself: what other writers say of theirs is not relied on.
 */
async function filledColumns(database: Database, path: string): Promise<ReadonlySet<string>> {
  const file = sqlText(withoutWildcards(path));
  const rows = await database.rows(
    `SELECT split_part(path_in_schema, ', ', 1) AS name FROM parquet_metadata(${file})
     WHERE (SELECT created_by LIKE 'DuckDB version %' FROM parquet_file_metadata(${file}))
     GROUP BY name HAVING sum(stats_null_count) = 0 AND count(stats_null_count) = count(*)`,
  );
  return new Set(rows.map((row) => String(row['name'])));
}

/** What stands in a column where nothing of its type does, and in which row first. */
async function describeHole(
  database: Database,
  path: string,
  column: string,
  converted: string,
): Promise<string> {
  const [row] = await database.rows(
    `SELECT count(*) AS rows, count(value) AS filled, min(row) AS row, left(arg_min(value, row), 40) AS value
     FROM (
       SELECT row_number() OVER () - 1 AS row, ${sqlName(column)}::VARCHAR AS value, ${converted} AS converted
       FROM ${parquetFile(path)}
     ) WHERE converted IS NULL`,
  );
  const what = row?.['filled'] === 0 ? 'is null' : 'cannot be read';
  const example = row?.['value'] == null ? '' : `: ${JSON.stringify(row['value'])}`;
  return `column ${column} ${what} in ${row?.['rows']} rows (first: row ${row?.['row']}${example})`;
}

/**
 * Whether each row's value of a column is above that of the row before, none of them null, in the order of the rows:
 * then none comes twice, and the rows need no sorting. Takes one pass and no memory.
 *
 * @param relation what to select from, as SQL
 */
export async function ascends(database: QueryPool, relation: string, column: string): Promise<boolean> {
  const name = sqlName(column);
  for (const limit of [` LIMIT ${firstRows}`, '']) {
    const [row] = await database.rows(
      `SELECT count(*) AS rows, count(*) FILTER (value > before) AS rises, count(value) AS filled
       FROM (SELECT ${name} AS value, lag(${name}) OVER () AS before FROM (SELECT ${name} FROM ${relation}${limit}))`,
    );
    const { rows, rises, filled } = row ?? {};
    if (filled !== rows || Number(rises) !== Math.max(0, Number(rows) - 1)) return false;
    if (Number(rows) < firstRows) return true;
  }
  return true;
}

/**
 * Checks what no type says: ids unique, labels and prefixes within the items, no prefix or set of pairs empty, every
 * pair of an episode there and of the episode's user. Wants the temporary tables `pairs` and `episodes`.
 *
 * @throws FailureError `bad-data` that lists every problem with an example
 */
export async function checkPairsAndEpisodes(
  database: Database,
  { itemCount, pairsFile, episodesFile }: { itemCount: number; pairsFile: string; episodesFile: string },
): Promise<void> {
  const sql = readFileSync(new URL('./episode-problems.sql', import.meta.url), 'utf8');
  const found = await database.rows(sql, { item_count: itemCount });
  if (found.length === 0) return;
  const lines = found.map(
    (row) =>
      `${row['file'] === 'pairs' ? pairsFile : episodesFile}: ${row['problem']} (${row['rows']} times, first: ${row['example']})`,
  );
  throw new FailureError({
    reason: 'bad-data',
    message: lines[0] ?? '',
    ...(lines.length > 1 ? { details: lines.slice(1) } : {}),
    hint: `rows are counted from 0, items are numbered 0 to ${itemCount - 1}; pairs: ${describeColumns(pairColumns)}; episodes: ${describeColumns(episodeColumns)}`,
  });
}

/** The checks of `checkPairsAndEpisodes` where there are no episodes; wants the temporary table `pairs`. */
export async function checkPairs(
  database: Database,
  { itemCount, pairsFile }: { itemCount: number; pairsFile: string },
): Promise<void> {
  const columns = Object.entries(episodeColumns).map(([name, { type }]) => `${sqlName(name)} ${type}`);
  await database.run(`CREATE OR REPLACE TEMP TABLE episodes (${columns.join(', ')})`);
  await checkPairsAndEpisodes(database, { itemCount, pairsFile, episodesFile: 'episodes' });
}
