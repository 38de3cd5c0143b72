import { readFile } from 'node:fs/promises';
import { FailureError } from '../base/failure.js';
import type { Episode, EpisodeSet } from '../data/read-episodes.js';
import type { Adapted } from '../engines/engine.js';
import { metricNames, metricsOf } from '../learning/metrics.js';
import { taskOf } from '../learning/sample-tasks.js';
import { readModel } from '../model/model-file.js';
import { withDatabase } from '../tables/database.js';
import { metricColumns, rankColumns } from '../tables/evaluation-columns.js';
import { writeRowsParquet } from '../tables/parquet.js';
import { readEpisodesAt } from './episode-input.js';
import type { KindContext } from './kind.js';
import { parametersFor } from './parameters-for.js';
import { filePath, inputTree } from './ports.js';

export interface Evaluation {
  /** Ascending, distinct. */
  readonly steps: readonly number[];
  readonly innerRate: number;
  /** All where undefined. */
  readonly maxEpisodes: number | undefined;
  readonly maxPrefixLength: number;
}

/** One query pair at one step count. */
interface RankRow {
  readonly k: number;
  readonly steps: number;
  readonly episodeId: number;
  readonly userId: string;
  readonly pairId: number;
  readonly label: number;
  readonly rank: number;
}

/** Episodes between two reports of progress. */
const episodesAtOnce = 32;

/** Adapts the model at port `model` to the episodes at port `episodes`; writes the ports `metrics` and `ranks`. */
export async function evaluateModel(context: KindContext, evaluation: Evaluation): Promise<void> {
  const model = readModel(await readFile(filePath(inputTree(context, 'model'))), 'the model');
  const episodes = await readEpisodesAt(context, 'episodes', evaluation.maxPrefixLength);
  if (episodes.itemCount !== model.shape.items) {
    throw new FailureError({
      reason: 'bad-data',
      message: `the model knows ${model.shape.items} items, and the episodes have ${episodes.itemCount}`,
      hint: 'evaluate on episodes of the same items as the model was trained on',
    });
  }
  const engine = await context.engine(model.shape);
  const parameters = parametersFor(engine, model.parameters);
  const evaluated = episodes.episodes.slice(0, evaluation.maxEpisodes);
  const rows: RankRow[] = [];
  for (let from = 0; from < evaluated.length; from += episodesAtOnce) {
    context.signal.throwIfAborted();
    const some = evaluated.slice(from, from + episodesAtOnce);
    const adapted = await engine.adaptAndRank(
      parameters,
      some.map((episode) => taskOf(episodes, episode)),
      { innerRates: evaluation.innerRate, steps: evaluation.steps },
    );
    rows.push(...rankRows(episodes, some, evaluation.steps, adapted));
    context.progress({ done: from + some.length, total: evaluated.length, unit: 'episodes' });
  }
  await writeTables(context, rows, evaluation.innerRate);
}

function rankRows(
  { pairs, pairIds }: EpisodeSet,
  episodes: readonly Episode[],
  steps: readonly number[],
  { ranks }: Adapted,
): RankRow[] {
  return steps.flatMap((count, s) =>
    episodes.flatMap((episode, t) =>
      Array.from(episode.query, (pair, i) => {
        const rank = ranks[s]?.[t]?.[i] ?? 0;
        if (rank === 0) {
          throw new FailureError({
            reason: 'not-finite',
            message: `after ${count} steps the scores for user ${episode.userId} (episode ${episode.episodeId}) are not finite`,
            hint: count === 0 ? 'the model itself has diverged' : 'lower inner_lr or steps',
          });
        }
        return {
          k: episode.support.length,
          steps: count,
          episodeId: episode.episodeId,
          userId: episode.userId,
          // Indices of an episode are those of its set's pairs.
          pairId: pairIds[pair]!,
          label: pairs.labels[pair]!,
          rank,
        };
      }),
    ),
  );
}

async function writeTables(context: KindContext, rows: readonly RankRow[], innerRate: number): Promise<void> {
  const rateOf = (steps: number) => (steps === 0 ? null : innerRate);
  const groups = new Map<string, RankRow[]>();
  for (const row of rows) {
    const name = `${row.k} ${row.steps}`;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [row]);
    else group.push(row);
  }
  const metrics = [...groups.values()].flatMap((group) => {
    const values = metricsOf(group.map(({ rank }) => rank));
    const users = new Set(group.map(({ userId }) => userId)).size;
    // A group has at least the row that made it.
    const { k, steps } = group[0]!;
    return metricNames.map((metric) => ({
      k,
      steps,
      inner_lr: rateOf(steps),
      metric,
      value: values[metric],
      n: group.length,
      users,
    }));
  });
  await withDatabase(context, async (database) => {
    await writeRowsParquet(database, {
      columns: metricColumns,
      rows: metrics,
      orderBy: ['k', 'steps', 'inner_lr', 'metric'],
      path: context.output('metrics'),
    });
    await writeRowsParquet(database, {
      columns: rankColumns,
      rows: rows.map((row) => ({
        k: row.k,
        steps: row.steps,
        inner_lr: rateOf(row.steps),
        episode_id: row.episodeId,
        user_id: row.userId,
        pair_id: row.pairId,
        label: row.label,
        rank: row.rank,
      })),
      orderBy: ['k', 'steps', 'episode_id', 'pair_id'],
      path: context.output('ranks'),
    });
  });
}
