import { FailureError } from '../../base/failure.js';
import { gainOf, type MetricName } from '../../learning/metrics.js';
import { readingUserFile } from '../../tables/bad-data.js';
import type { Database } from '../../tables/database.js';
import { parquetFile } from '../../tables/parquet.js';

/** The ranks of one setting of an evaluation. */
export interface RankedSetting {
  readonly k: number;
  readonly steps: number;
  /** Null where no step was taken. */
  readonly innerRate: number | null;
  /** Users and ids of the query pairs, ordered by user and pair. */
  readonly pairs: readonly string[];
  /** `[users]` query pairs of each user. */
  readonly counts: Float64Array;
  /** `[users]` a metric's sum over each user's pairs. */
  gains(metric: MetricName): Float64Array;
}

/**
 * The settings in a table of ranks, by k, steps and rate; users in order of id, pairs in order of id.
 *
 * @param name what the table is of, for messages
 * @throws FailureError `bad-data` where the table is none of ranks, or empty
 */
export async function readRankedSettings(
  database: Database,
  path: string,
  name: string,
): Promise<readonly RankedSetting[]> {
  const hint = 'a table of ranks has the columns k, steps, inner_lr, user_id, pair_id, rank';
  const table = await readingUserFile(`ranks of ${name}`, hint, () =>
    database.columns(
      `SELECT k::INTEGER AS k, steps::INTEGER AS steps, coalesce(inner_lr, 'NaN')::DOUBLE AS inner_lr,
              user_id::VARCHAR AS user_id, pair_id::DOUBLE AS pair_id, rank::INTEGER AS rank
       FROM ${parquetFile(path)} ORDER BY k, steps, inner_lr, user_id, pair_id`,
    ),
  );
  const [k, steps, rank] = [table['k'], table['steps'], table['rank']] as Int32Array[];
  const [rates, pairIds] = [table['inner_lr'], table['pair_id']] as Float64Array[];
  const users = table['user_id'] as readonly string[];
  if (users.length === 0) {
    throw new FailureError({
      reason: 'bad-data',
      message: `${name} ranked nothing, so there is nothing to compare`,
      hint: 'its episodes have fewer support pairs than its k',
    });
  }
  const isSame = (row: number, other: number) =>
    k?.[row] === k?.[other] && steps?.[row] === steps?.[other] && Object.is(rates?.[row], rates?.[other]);
  const settings: RankedSetting[] = [];
  for (let from = 0, to = 0; from < users.length; from = to) {
    while (to < users.length && isSame(to, from)) to += 1;
    const rate = rates?.[from] ?? Number.NaN;
    settings.push({
      k: k?.[from] ?? 0,
      steps: steps?.[from] ?? 0,
      innerRate: Number.isNaN(rate) ? null : rate,
      ...rankedUsers(users.slice(from, to), pairIds?.slice(from, to) ?? [], rank?.slice(from, to) ?? []),
    });
  }
  return settings;
}

function rankedUsers(
  users: readonly string[],
  pairIds: ArrayLike<number>,
  ranks: ArrayLike<number>,
): Pick<RankedSetting, 'pairs' | 'counts' | 'gains'> {
  let place = -1;
  const places = users.map((user, row) => {
    if (row === 0 || user !== users[row - 1]) place += 1;
    return place;
  });
  const perUser = (cellOf: (row: number) => number): Float64Array => {
    const sums = new Float64Array(place + 1);
    // Places are below the number of users.
    for (const [row, user] of places.entries()) sums[user]! += cellOf(row);
    return sums;
  };
  return {
    pairs: users.map((user, row) => `pair ${pairIds[row]} of user ${user}`),
    counts: perUser(() => 1),
    gains: (metric) => perUser((row) => gainOf(metric, ranks[row] ?? Number.NaN)),
  };
}
