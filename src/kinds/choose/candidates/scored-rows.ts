import { FailureError } from '../../../base/failure.js';
import type { Json, JsonObject } from '../../../base/json.js';
import { readingUserFile } from '../../../tables/bad-data.js';
import { type Database, type DatabaseOptions, sqlName, withDatabase } from '../../../tables/database.js';
import { parquetFile } from '../../../tables/parquet.js';
import { valueColumns } from '../choice-plan.js';
import { namesText } from '../names-text.js';
import type { ScoredRow } from './choose-best.js';

const hint =
  'a table of metrics has the columns metric and value, and may have n, users, low, high and settings';

/**
 * Every value of `metric` in the tables of metrics, table by table, in each in the order of its setting columns.
 *
 * @param paths undefined where the table is missing
 * @param port the input port that the tables came in by, for messages
 * @throws FailureError `bad-data` where a table has no such metric, or two values for one setting
 */
export async function readScoredRows(
  paths: readonly (string | undefined)[],
  metric: string,
  port: string,
  options: DatabaseOptions,
): Promise<readonly ScoredRow[]> {
  return await withDatabase(options, async (database) => {
    const all: ScoredRow[] = [];
    for (const [index, path] of paths.entries()) {
      if (path === undefined) continue;
      const table = `${port}[${index}]`;
      const rows = await readingUserFile(table, hint, () => readTable(database, path, metric, index));
      if (rows.length === 0) throw await withoutMetric(database, table, path, metric);
      const settings = rows.map(({ columns }) => JSON.stringify(columns));
      const double = settings.findIndex((setting, row) => setting === settings[row - 1]);
      if (double > 0) {
        throw new FailureError({
          reason: 'bad-data',
          message: `${table} has two values of ${metric} for ${namesText(rows[double]?.columns ?? {})}`,
          hint,
        });
      }
      for (const row of rows) all.push(row);
    }
    return all;
  });
}

async function readTable(
  database: Database,
  path: string,
  metric: string,
  index: number,
): Promise<readonly ScoredRow[]> {
  const described = await database.rows(`DESCRIBE SELECT * FROM ${parquetFile(path)}`);
  const columns = described.map((row) => String(row['column_name']));
  const settings = columns.filter((name) => !valueColumns.includes(name));
  const counted = ['n', 'users'].filter((name) => columns.includes(name));
  const selected = [
    ...settings.map(sqlName),
    'value::DOUBLE AS value',
    ...counted.map((name) => `${name}::BIGINT AS ${name}`),
  ];
  const order = settings.length === 0 ? '' : ` ORDER BY ${settings.map(sqlName).join(', ')}`;
  const rows = await database.rows(
    `SELECT ${selected.join(', ')} FROM ${parquetFile(path)} WHERE metric = $metric${order}`,
    { metric },
  );
  return rows.map((row) => ({
    index,
    columns: Object.fromEntries(settings.map((name) => [name, row[name] as Json])) as JsonObject,
    value: typeof row['value'] === 'number' ? row['value'] : Number.NaN,
    ...Object.fromEntries(counted.map((name) => [name, Number(row[name] ?? 0)])),
  }));
}

async function withoutMetric(
  database: Database,
  table: string,
  path: string,
  metric: string,
): Promise<FailureError> {
  const found = await database.rows(`SELECT DISTINCT metric FROM ${parquetFile(path)} ORDER BY metric`);
  return new FailureError({
    reason: 'bad-data',
    message: `${table} has no metric ${metric}`,
    hint: `it has ${found.map((row) => String(row['metric'])).join(', ') || 'no rows'}`,
  });
}
