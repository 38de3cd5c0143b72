import { type Database, sqlName } from './database.js';
import { columnNamer } from './free-names.js';
import { numberedFiles } from './numbered-steps.js';
import { parquetFile } from './parquet.js';

/** A curve in pieces that tell of some steps more than once, joined: a row a step. */
export interface JoinedCurve {
  /** A query for its rows, which differ in `iteration`. */
  readonly query: string;
  /** The same for those of them that one piece, from 0, counts for. */
  queryOf(piece: number): string;
  /**
   * Pieces, from 0, that seem to count their steps anew: from no later than the first of the piece before, with other
   * values of most steps that both tell of. Its rows are then lost for theirs.
   */
  readonly restarted: readonly number[];
}

/**
 * Joins the pieces of a curve, where a later one tells of steps again: a program may write all that it has done in each
 * of its segments. Each step is then one row. What a later piece says of a step counts where the two differ, and the
 * row is the later one's; else it is the row of the piece that was the first to tell of it. Steps that are no counts
 * are numbered through, and those that kshot has numbered count on from the pieces before. Undefined where the pieces, one after another, are the curve.
 *
 * @param files parquet files of its pieces, in their order
 */
export async function joinCurve(
  database: Database,
  files: readonly string[],
): Promise<JoinedCurve | undefined> {
  if (files.length < 2) return undefined;
  const columns = await columnsOf(database, files);
  if (!columns.includes('iteration')) return undefined;
  const piece = sqlName(columnNamer(columns)('piece'));
  const offsets = await offsetsOf(database, files);
  const pieces = files.map((file, index) => {
    const all = offsets[index] === 0 ? '*' : `* REPLACE (iteration + ${offsets[index]} AS iteration)`;
    return `SELECT ${all}, ${index} AS ${piece} FROM ${parquetFile(file)}`;
  });
  const given = `(${pieces.join(' UNION ALL BY NAME ')})`;
  const isMoved = offsets.some((offset) => offset > 0);
  const repeated = `FROM ${given} GROUP BY iteration HAVING count(*) > 1`;
  if (!isMoved && !(await isAny(database, repeated))) return undefined;
  const isNumbered = columns.includes('step') && (await areNumbers(database, given, piece));
  const key = isNumbered ? 'coalesce(given."step", given.iteration)' : 'given.iteration';
  const values = columns.filter((name) => name !== 'iteration').map(sqlName);
  const differs = values.map((name) => `count(DISTINCT given.${name}) > 1`);
  const rows = `
    SELECT ${isNumbered ? `row_number() OVER (ORDER BY ${key})` : key} AS iteration,
      ${values.map((name) => `arg_max(given.${name}, given.${piece}) AS ${name},`).join(' ')}
      CASE WHEN ${differs.join(' OR ') || 'false'} THEN max(given.${piece}) ELSE min(given.${piece}) END AS ${piece}
    FROM ${given} AS given GROUP BY ${key}`;
  return {
    restarted: await restartedPieces(database, given, { key, values, piece }),
    query: `SELECT * EXCLUDE (${piece}) FROM (${rows})`,
    queryOf: (index) => `SELECT * EXCLUDE (${piece}) FROM (${rows}) WHERE ${piece} = ${index}`,
  };
}

/** By piece: what is added to its steps, which is the last step before it where kshot has numbered them. */
async function offsetsOf(database: Database, files: readonly string[]): Promise<readonly number[]> {
  const numbered = await numberedFiles(database, files);
  if (!files.slice(1).some((file) => numbered.has(file))) return files.map(() => 0);
  const lasts = files.map(
    (file, index) => `SELECT ${index} AS piece, max(iteration) AS last FROM ${parquetFile(file)}`,
  );
  let end = 0;
  return (await database.rows(`${lasts.join(' UNION ALL ')} ORDER BY piece`)).map(({ last }, index) => {
    const offset = numbered.has(files[index] ?? '') ? end : 0;
    end = Math.max(end, offset + Number(last));
    return offset;
  });
}

async function restartedPieces(
  database: Database,
  given: string,
  {
    key,
    values,
    piece,
  }: { readonly key: string; readonly values: readonly string[]; readonly piece: string },
): Promise<readonly number[]> {
  const differs = values.map((name) => `later.${name} <> earlier.${name}`).join(' OR ') || 'false';
  const found = await database.rows(`
    WITH told AS (SELECT *, ${key} AS told_at, min(told_at) OVER (PARTITION BY ${piece}) AS told_from FROM ${given} AS given)
    SELECT later.${piece} AS piece FROM told AS later
    JOIN told AS earlier ON earlier.told_at = later.told_at AND earlier.${piece} = later.${piece} - 1
    GROUP BY later.${piece}
    HAVING any_value(later.told_from) <= any_value(earlier.told_from)
      AND 2 * count(*) FILTER (WHERE ${differs}) > count(*)
    ORDER BY 1`);
  return found.map((row) => Number(row['piece']));
}

async function columnsOf(database: Database, files: readonly string[]): Promise<readonly string[]> {
  const pieces = files.map((file) => `SELECT * FROM ${parquetFile(file)}`);
  const described = await database.rows(`DESCRIBE ${pieces.join(' UNION ALL BY NAME ')}`);
  return described.map((row) => String(row['column_name']));
}

async function isAny(database: Database, rest: string): Promise<boolean> {
  return (await database.rows(`SELECT 1 ${rest} LIMIT 1`)).length > 0;
}

/** Whether iterations only number the steps of each piece that has steps, as they do where steps are no counts. */
async function areNumbers(database: Database, given: string, piece: string): Promise<boolean> {
  return !(await isAny(
    database,
    `FROM ${given} WHERE "step" IS NOT NULL GROUP BY ${piece} HAVING min(iteration) <> 1 OR max(iteration) <> count(*)`,
  ));
}
