import { type DatabaseOptions, withDatabase } from '../../tables/database.js';
import { listColumns, rankColumns } from '../../tables/evaluation-columns.js';
import { writeRowsParquet } from '../../tables/parquet.js';
import type { KindContext } from '../kind-body.js';

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
  /** The items ranked first, best first, where they were asked for. */
  readonly items?: Int32Array;
}

/**
 * Writes an evaluation's port `ranks`, and `top` where the rows have items. The file also names the settings that were asked for and at which no pair could
 * be ranked, so that what is made of the ranks can say so.
 *
 * @param rows ranks, in any order
 * @param innerRate the rate of every step; null where the model has rates of its own
 * @param settings all that were asked for; those of `rows` are added
 * @param listsItems whether the step has the port `top`
 */
export async function writeRanks(
  context: DatabaseOptions & Pick<KindContext, 'output'>,
  rows: readonly RankRow[],
  innerRate: number | null,
  settings: readonly EvaluatedSetting[] = [],
  listsItems = false,
): Promise<void> {
  const settingOf = ({ k, steps }: EvaluatedSetting) => ({
    k,
    steps,
    inner_lr: steps === 0 ? null : innerRate,
  });
  const nameOf = ({ k, steps }: EvaluatedSetting) => `${k} ${steps}`;
  const ranked = new Set(rows.map(nameOf));
  const empty = settings.filter((setting) => !ranked.has(nameOf(setting))).map(settingOf);
  await withDatabase(context, async (database) => {
    await writeRowsParquet(database, {
      columns: rankColumns,
      rows: rows.map((pair) => ({
        ...settingOf(pair),
        episode_id: pair.episodeId,
        user_id: pair.userId,
        pair_id: pair.pairId,
        label: pair.label,
        rank: pair.rank,
      })),
      orderBy: ['k', 'steps', 'inner_lr', 'episode_id', 'pair_id'],
      path: context.output('ranks'),
      ...(empty.length === 0 ? {} : { metadata: { empty_settings: JSON.stringify(empty) } }),
    });
    if (!listsItems) return;
    await writeRowsParquet(database, {
      columns: listColumns,
      rows: rows.flatMap((pair) =>
        Array.from(pair.items ?? [], (item, index) => ({
          ...settingOf(pair),
          episode_id: pair.episodeId,
          user_id: pair.userId,
          pair_id: pair.pairId,
          position: index + 1,
          item,
        })),
      ),
      orderBy: ['k', 'steps', 'inner_lr', 'episode_id', 'pair_id', 'position'],
      path: context.output('top'),
    });
  });
}
