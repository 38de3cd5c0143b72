import { readFileSync } from 'node:fs';
import { FailureError } from '../base/failure.js';
import { badData, readingUserFile } from '../tables/bad-data.js';
import { type Database, sqlName } from '../tables/database.js';
import { parquetFile } from '../tables/parquet.js';
import type { QueryPool } from '../tables/query-pool.js';
import { type ColumnRules, describeColumns, episodeColumns, pairColumns } from './table-columns.js';

/** DuckDB's column of where each row stands in a parquet file, from 0; a file's own of that name hides it. */
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
    const converted = Object.entries(columns).map(([column, rule]) => {
      const type = types.get(column);
      const value = type === undefined ? 'NULL' : (rule.convert?.(sqlName(column), type) ?? sqlName(column));
      return { column, isThere: type !== undefined, sql: `TRY_CAST(${value} AS ${rule.type})` };
    });
    const selected = converted.map(({ column, sql }) => `${sql} AS ${sqlName(column)}`);
    await database.run(
      `CREATE OR REPLACE TEMP ${as} ${sqlName(name)} AS SELECT ${selected.join(', ')} FROM ${parquetFile(path)}`,
    );
    const needed = converted.filter(({ isThere }) => isThere);
    const nulls = needed.map(({ column }) => `count(*) - count(${sqlName(column)}) AS ${sqlName(column)}`);
    // Most files number their rows: that is seen in the same pass, and by all threads.
    const isNumbered =
      as === 'VIEW' &&
      unique !== undefined &&
      ![...types.keys()].some((column) => column.toLowerCase() === rowNumber);
    const [counts] = await database.rows(
      isNumbered
        ? `SELECT ${nulls.join(', ')}, count(*) FILTER (${sqlName(unique)} IS DISTINCT FROM ${rowNumber}) AS others
           FROM (SELECT ${selected.join(', ')}, ${rowNumber} FROM ${parquetFile(path)})`
        : `SELECT ${nulls.join(', ')} FROM ${sqlName(name)}`,
    );
    const holes = needed.filter(({ column }) => counts?.[column] !== 0);
    if (holes.length > 0) {
      const descriptions = holes.map(({ column, sql }) => describeHole(database, path, column, sql));
      throw badData(file, (await Promise.all(descriptions)).join('; '), { hint });
    }
    if (unique === undefined) return false;
    if (counts?.['others'] === 0) return true;
    if (await ascends(database, sqlName(name), unique)) return true;
    const [twice] = await database.rows(
      `SELECT min(value) AS value FROM (
         SELECT ${sqlName(unique)} AS value FROM ${sqlName(name)} GROUP BY value HAVING count(*) > 1
       ) HAVING count(*) > 0`,
    );
    if (twice !== undefined)
      throw badData(file, `${unique} ${twice['value']} is there more than once`, { hint });
    return false;
  });
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
