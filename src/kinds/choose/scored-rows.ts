import { FailureError } from '../../base/failure.js';
import type { JsonObject } from '../../base/json.js';
import { readingUserFile } from '../../tables/bad-data.js';
import { type DatabaseOptions, withDatabase } from '../../tables/database.js';
import { parquetFile } from '../../tables/parquet.js';
import type { KindContext } from '../kind.js';

export type Mode = 'max' | 'min';

/** One value of the metric that is chosen by. */
export interface ScoredRow extends JsonObject {
  /** Which of the tables it stands in, from 0. */
  readonly index: number;
  readonly k: number;
  readonly steps: number;
  readonly inner_lr: number | null;
  readonly value: number;
  /** Query pairs and users that the value is over. */
  readonly n: number;
  readonly users: number;
}

/**
 * Every value of `metric` in the tables of metrics, table by table, in each by k, steps and rate. What is no number, as
 * after a training that diverged, is left out, which is noted.
 *
 * @param port the input port that the tables came in by, for messages
 * @throws FailureError `bad-data` where a table has no such metric, or where no number is left
 */
export async function readScoredRows(
  paths: readonly string[],
  metric: string,
  port: string,
  options: DatabaseOptions & Pick<KindContext, 'note'>,
): Promise<readonly ScoredRow[]> {
  return await withDatabase(options, async (database) => {
    const all: ScoredRow[] = [];
    const leftOut: string[] = [];
    for (const [index, path] of paths.entries()) {
      const table = `${port}[${index}]`;
      const hint = 'a table of metrics has the columns k, steps, inner_lr, metric, value, n, users';
      const rows = await readingUserFile(table, hint, () =>
        database.rows(
          `SELECT k::INTEGER AS k, steps::INTEGER AS steps, inner_lr::DOUBLE AS inner_lr,
                  value::DOUBLE AS value, n::BIGINT AS n, users::BIGINT AS users
           FROM ${parquetFile(path)} WHERE metric = $metric ORDER BY ALL`,
          { metric },
        ),
      );
      if (rows.length === 0) throw await missing(table, path);
      for (const row of rows) {
        const { value, n } = row;
        if (typeof value !== 'number' || !Number.isFinite(value) || n === 0) {
          const setting = row['inner_lr'] === null ? '' : `, inner_lr ${row['inner_lr']}`;
          leftOut.push(
            `${table}, k ${row['k']}, steps ${row['steps']}${setting}: ${metric} is ${value} over ${n} query pairs`,
          );
          continue;
        }
        all.push({ index, ...row } as ScoredRow);
      }
    }
    if (all.length === 0) {
      throw new FailureError({
        reason: 'bad-data',
        message: `there is nothing to choose by: ${leftOut[0] ?? `${port} is empty`}`,
        details: leftOut.slice(1),
      });
    }
    for (const line of leftOut) options.note(`left out: ${line}`);
    return all;

    async function missing(table: string, path: string): Promise<FailureError> {
      const found = await database.rows(`SELECT DISTINCT metric FROM ${parquetFile(path)} ORDER BY metric`);
      return new FailureError({
        reason: 'bad-data',
        message: `${table} has no metric ${metric}`,
        hint: `it has ${found.map((row) => String(row['metric'])).join(', ') || 'no rows'}`,
      });
    }
  });
}

/** The best row; the first of equals. There is at least one. */
export function bestRow(rows: readonly ScoredRow[], mode: Mode): ScoredRow {
  return rows.reduce((best, row) => {
    const better = mode === 'max' ? row.value > best.value : row.value < best.value;
    return better ? row : best;
  });
}
