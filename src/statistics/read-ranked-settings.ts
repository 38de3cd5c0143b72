import { readingUserFile } from '../tables/bad-data.js';
import type { Database } from '../tables/database.js';
import { parquetFile, parquetMetadata } from '../tables/parquet.js';

/** The ranks of one setting of an evaluation, a row for each query pair, in order of episode and pair; it may have none. */
export interface RankedSetting {
  /** Null, as are the steps, of ranks that a program made. */
  readonly k: number | null;
  readonly steps: number | null;
  /** Null where no step was taken, or where the model has rates of its own. */
  readonly innerRate: number | null;
  readonly users: readonly string[];
  readonly pairIds: ArrayLike<number>;
  /** From 1. */
  readonly ranks: ArrayLike<number>;
}

/**
 * The settings in a table of ranks, by k, steps and rate; at the end those at which no pair could be ranked.
 *
 * @param name what the table is of, for messages
 * @throws FailureError `bad-data` where the table is none of ranks
 */
export async function readRankedSettings(
  database: Database,
  path: string,
  name: string,
): Promise<readonly RankedSetting[]> {
  const hint = 'a table of ranks has the columns k, steps, inner_lr, episode_id, user_id, pair_id, rank';
  const table = await readingUserFile(name, hint, () =>
    database.columns(
      `SELECT coalesce(k, ${unknown})::INTEGER AS k, coalesce(steps, ${unknown})::INTEGER AS steps, coalesce(inner_lr, 'NaN')::DOUBLE AS inner_lr,
              user_id::VARCHAR AS user_id, pair_id::DOUBLE AS pair_id, rank::INTEGER AS rank
       FROM ${parquetFile(path)} ORDER BY k, steps, inner_lr, episode_id, pair_id`,
    ),
  );
  // The casts of the query say which column is what.
  const [k, steps, ranks] = [table['k'], table['steps'], table['rank']] as [
    Int32Array,
    Int32Array,
    Int32Array,
  ];
  const [rates, pairIds] = [table['inner_lr'], table['pair_id']] as [Float64Array, Float64Array];
  const users = table['user_id'] as readonly string[];
  const isSame = (row: number, other: number) =>
    k[row] === k[other] && steps[row] === steps[other] && Object.is(rates[row], rates[other]);
  const settings: RankedSetting[] = [];
  for (let from = 0, to = 0; from < users.length; from = to) {
    while (to < users.length && isSame(to, from)) to += 1;
    const rate = rates[from] ?? Number.NaN;
    settings.push({
      k: knownOf(k[from]),
      steps: knownOf(steps[from]),
      innerRate: Number.isNaN(rate) ? null : rate,
      users: users.slice(from, to),
      pairIds: pairIds.subarray(from, to),
      ranks: ranks.subarray(from, to),
    });
  }
  return [...settings, ...(await emptySettings(database, path))];
}

/** Stands in a column for what is not told. */
const unknown = -1;

function knownOf(value: number | undefined): number | null {
  return value === undefined || value === unknown ? null : value;
}

/** The settings that were asked for and at which no pair could be ranked. */
async function emptySettings(database: Database, path: string): Promise<readonly RankedSetting[]> {
  const text = await parquetMetadata(database, path, 'empty_settings');
  const settings = JSON.parse(text ?? '[]') as { k: number; steps: number; inner_lr: number | null }[];
  return settings.map(({ k, steps, inner_lr }) => ({
    k,
    steps,
    innerRate: inner_lr,
    users: [],
    pairIds: [],
    ranks: [],
  }));
}
