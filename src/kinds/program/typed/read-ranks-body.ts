import { formatCount } from '../../../base/quantities.js';
import type { Episode, EpisodeSet } from '../../../data/read-episodes.js';
import { badData } from '../../../tables/bad-data.js';
import { withDatabase } from '../../../tables/database.js';
import { rankColumns } from '../../../tables/evaluation-columns.js';
import { writeRowsParquet } from '../../../tables/parquet.js';
import { readEpisodesAt } from '../../evaluate/episode-input.js';
import type { KindContext } from '../../kind-body.js';
import { filePath, inputTree } from '../../ports.js';
import { numberIn, readWritten, type WrittenRow, writtenText } from './read-rows.js';
import type { TypedOutputParameters } from './typed-output.js';

const hint =
  'write a row for each query pair of the episodes with the columns pair_id and rank, from 1 (best), and where a pair is in several episodes, episode_id';

/** Writes the port: the rank of every query pair, with its user, episode and item. */
export async function run(context: KindContext<TypedOutputParameters>): Promise<void> {
  const { path, port } = context.parameters;
  const episodes = await readEpisodesAt(context, 'episodes', 1);
  const written = await readWritten(filePath(inputTree(context, 'file')), path, context);
  if (written.type === 'object') throw badData(path, 'is one object, and no rows', { hint });
  const ranks = ranksOf(written.rows, episodes, path);
  const rows = episodes.episodes.flatMap((episode) => rankedPairs(episode, episodes, ranks, path));
  refuseStrangers(written.rows, episodes, path);
  await withDatabase(context, (database) =>
    writeRowsParquet(database, {
      columns: rankColumns,
      rows,
      orderBy: ['episode_id', 'pair_id'],
      path: context.output(port),
    }),
  );
  context.log(`ranks of ${formatCount(rows.length, 'query pair')}`);
}

/** Ranks by pair, and where they are told apart by episode by that too. */
type Ranks = ReadonlyMap<string, number>;

const nameOf = (pair: number, episode?: number) =>
  episode === undefined ? `${pair}` : `${pair} of ${episode}`;

function ranksOf(rows: readonly WrittenRow[], { itemCount }: EpisodeSet, path: string): Ranks {
  const ranks = new Map<string, number>();
  const places = new Map<string, string>();
  for (const row of rows) {
    const { place } = row;
    const pair = wholeIn(row, 'pair_id', path);
    const episode = row.cells['episode_id'] === undefined ? undefined : wholeIn(row, 'episode_id', path);
    const rank = wholeIn(row, 'rank', path);
    if (rank < 1 || rank > itemCount) {
      throw badData(
        path,
        `${place}, column rank: ${rank} is no rank among ${formatCount(itemCount, 'item')}`,
        { hint },
      );
    }
    const name = nameOf(pair, episode);
    const before = places.get(name);
    if (before !== undefined) {
      throw badData(
        path,
        `${place} ranks pair ${pair} once more${episode === undefined ? '' : ` in episode ${episode}`}, after ${before}`,
        { hint },
      );
    }
    places.set(name, place);
    ranks.set(name, rank);
  }
  return ranks;
}

function wholeIn({ place, cells }: WrittenRow, column: string, path: string): number {
  if (cells[column] === undefined) {
    throw badData(path, `${place} has no column ${column}, only ${Object.keys(cells).join(', ')}`, { hint });
  }
  const value = numberIn(cells[column]);
  if (value === undefined || !Number.isSafeInteger(value)) {
    throw badData(path, `${place}, column ${column}: ${writtenText(cells[column])} is no whole number`, {
      hint,
    });
  }
  return value;
}

function rankedPairs(episode: Episode, { pairs, pairIds }: EpisodeSet, ranks: Ranks, path: string) {
  return [...episode.query].map((index) => {
    const pair = pairIds[index] ?? Number.NaN;
    const rank = ranks.get(nameOf(pair, episode.episodeId)) ?? ranks.get(nameOf(pair));
    if (rank === undefined) {
      throw badData(
        path,
        `has no rank of pair ${pair}, a query pair of episode ${episode.episodeId} (user ${episode.userId})`,
        { hint },
      );
    }
    return {
      episode_id: episode.episodeId,
      user_id: episode.userId,
      pair_id: pair,
      label: pairs.labels[index] ?? null,
      rank,
    };
  });
}

/** Ranks of pairs that nobody asked for are of other episodes, or of what a user's model was adapted to. */
function refuseStrangers(rows: readonly WrittenRow[], { episodes, pairIds }: EpisodeSet, path: string): void {
  const idsOf = (part: 'query' | 'support') =>
    new Set(episodes.flatMap((episode) => [...episode[part]].map((index) => pairIds[index] ?? Number.NaN)));
  const inEpisode = new Set(
    episodes.flatMap(({ episodeId, query }) =>
      [...query].map((index) => nameOf(pairIds[index] ?? 0, episodeId)),
    ),
  );
  const [query, support] = [idsOf('query'), idsOf('support')];
  for (const { place, cells } of rows) {
    const pair = Number(cells['pair_id']);
    const episode = cells['episode_id'] === undefined ? undefined : Number(cells['episode_id']);
    if (query.has(pair) && (episode === undefined || inEpisode.has(nameOf(pair, episode)))) continue;
    const where = episode === undefined ? 'these episodes' : `episode ${episode}`;
    throw badData(
      path,
      support.has(pair) && !query.has(pair)
        ? `${place} ranks pair ${pair}, which is a support pair`
        : `${place} ranks pair ${pair}, which is no query pair of ${where}`,
      { hint },
    );
  }
}
