import { percentileInterval, resampledMeans } from '../../statistics/bootstrap.js';
import { metricOf, metrics } from '../../statistics/metrics.js';
import { userSums } from '../../statistics/user-sums.js';
import { type DatabaseOptions, withDatabase } from '../../tables/database.js';
import { metricColumns, rankColumns } from '../../tables/evaluation-columns.js';
import { writeRowsParquet } from '../../tables/parquet.js';
import type { KindContext } from '../kind.js';

/** What an evaluation was asked for: one group of rows in its tables. */
export interface EvaluatedSetting {
  /** Support pairs used. */
  readonly k: number;
  /** Inner steps taken; 0 where nothing adapts. */
  readonly steps: number;
}

/** One query pair at one setting. */
export interface RankRow extends EvaluatedSetting {
  readonly episodeId: number;
  readonly userId: string;
  readonly pairId: number;
  readonly label: number;
  /** From 1. */
  readonly rank: number;
}

/**
 * Writes an evaluation's ports `metrics` and `ranks`: every metric with its 95 % interval by bootstrap over users
 * (none for fewer than two users). A setting that no pair could be ranked at has n = 0 and no value.
 *
 * @param rows ranks, in any order
 * @param innerRate the rate of every step; null where the model has rates of its own
 * @param settings all that were asked for; those of `rows` are added
 * @returns the metrics where there is one setting; none where there are several, which one word would not tell apart
 */
export async function writeEvaluation(
  context: DatabaseOptions & Pick<KindContext, 'output'>,
  rows: readonly RankRow[],
  innerRate: number | null,
  settings: readonly EvaluatedSetting[] = [],
): Promise<{ readonly [metric: string]: number }> {
  const rateOf = (steps: number) => (steps === 0 ? null : innerRate);
  const measured = metricRows(rows, settings);
  await withDatabase(context, async (database) => {
    await writeRowsParquet(database, {
      columns: metricColumns,
      rows: measured.map((row) => ({ ...row, inner_lr: rateOf(row.steps) })),
      orderBy: ['k', 'steps', 'inner_lr', 'metric'],
      path: context.output('metrics'),
    });
    await writeRowsParquet(database, {
      columns: rankColumns,
      rows: rows.map((pair) => ({
        k: pair.k,
        steps: pair.steps,
        inner_lr: rateOf(pair.steps),
        episode_id: pair.episodeId,
        user_id: pair.userId,
        pair_id: pair.pairId,
        label: pair.label,
        rank: pair.rank,
      })),
      orderBy: ['k', 'steps', 'inner_lr', 'episode_id', 'pair_id'],
      path: context.output('ranks'),
    });
  });
  if (measured.length !== metrics.length) return {};
  return Object.fromEntries(
    measured.flatMap(({ metric, value }) => (value === null ? [] : [[metric, value]])),
  );
}

function metricRows(rows: readonly RankRow[], settings: readonly EvaluatedSetting[]) {
  const groups = new Map<string, { readonly setting: EvaluatedSetting; readonly pairs: RankRow[] }>();
  const groupOf = (setting: EvaluatedSetting) => {
    const name = `${setting.k} ${setting.steps}`;
    const found = groups.get(name);
    if (found !== undefined) return found;
    const made = { setting, pairs: [] };
    groups.set(name, made);
    return made;
  };
  for (const setting of settings) groupOf(setting);
  for (const pair of rows) groupOf(pair).pairs.push(pair);
  return [...groups.values()].flatMap(({ setting, pairs }) => {
    const { k, steps } = setting;
    const common = { k, steps, n: pairs.length };
    pairs.sort((one, other) => one.episodeId - other.episodeId || one.pairId - other.pairId);
    const ranks = pairs.map(({ rank }) => rank);
    const { sums, counts } = userSums({ users: pairs.map(({ userId }) => userId), ranks }, metrics);
    const means = counts.length < 2 ? [] : resampledMeans(sums, counts);
    return metrics.map((metric, index) => {
      const ofMetric = means[index];
      return {
        ...common,
        metric: metric.name,
        value: pairs.length === 0 ? null : metricOf(metric, ranks),
        ...(ofMetric === undefined ? {} : percentileInterval(ofMetric)),
        users: counts.length,
      };
    });
  });
}
