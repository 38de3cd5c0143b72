import { badData } from '../tables/bad-data.js';
import { type DatabaseOptions, withDatabase } from '../tables/database.js';
import { readItemCatalogue } from './item-catalogue.js';
import type { PairSet } from './pair-set.js';
import { checkPairsAndEpisodes, createTable } from './pair-tables.js';
import { columnsFor, pairSetOf, runningTotal } from './read-pairs.js';
import { episodeColumns } from './table-columns.js';
import type { History } from './whole-histories.js';

/** One user's K support and Q query pairs, as indices into the pairs they were read with. */
export interface Episode {
  readonly episodeId: number;
  readonly userId: string;
  readonly support: Int32Array;
  readonly query: Int32Array;
}

/** All episodes of one split, in order of episode id. */
export interface EpisodeSet {
  readonly itemCount: number;
  /** In order of pair id; also the pairs that no episode uses. */
  readonly pairs: PairSet;
  /** `[pairs]` whole numbers. */
  readonly pairIds: Float64Array;
  /** At least one. */
  readonly episodes: readonly Episode[];
}

/** Paths of the three files of one split. */
export interface EpisodeFiles {
  readonly pairs: string;
  readonly episodes: string;
  readonly items: string;
}

/**
 * Reads the pairs and episodes of one split into typed arrays and checks them.
 *
 * @param options.maxPrefixLength longer prefixes keep their last items only
 * @param options.history `session` where it is not said
 * @throws FailureError `bad-data` where the files do not fit together or there is no episode
 */
export async function readEpisodes(
  files: EpisodeFiles,
  options: DatabaseOptions & { readonly maxPrefixLength: number; readonly history?: History | undefined },
): Promise<EpisodeSet> {
  const itemCount = readItemCatalogue(files.items, 'items').length;
  return await withDatabase(options, async (database) => {
    await createTable(database, 'pairs', { path: files.pairs, file: 'pairs' }, columnsFor(options.history));
    await createTable(database, 'episodes', { path: files.episodes, file: 'episodes' }, episodeColumns);
    await checkPairsAndEpisodes(database, { itemCount, pairsFile: 'pairs', episodesFile: 'episodes' });
    const { pairs, pairIds } = await pairSetOf(database, options.maxPrefixLength, options.history);
    const episodes = await database.columns(
      `SELECT episode_id::DOUBLE AS episode_id, user_id, len(support_pair_ids)::INTEGER AS support,
              len(query_pair_ids)::INTEGER AS query
       FROM episodes ORDER BY episodes.episode_id`,
    );
    const members = await database.columns(
      `WITH numbered AS (SELECT pair_id, (row_number() OVER (ORDER BY pair_id) - 1)::INTEGER AS index FROM pairs),
       listed AS (
         SELECT episode_id, unnest(support_pair_ids || query_pair_ids) AS pair_id,
                generate_subscripts(support_pair_ids || query_pair_ids, 1) AS place
         FROM episodes
       )
       SELECT index FROM listed JOIN numbered USING (pair_id) ORDER BY episode_id, place`,
    );
    const supportSizes = episodes['support'] as Int32Array;
    if (supportSizes.length === 0) {
      throw badData('episodes', 'there is no episode', {
        hint: 'no user of this split has K + Q pairs; give the split more users, or lower k and q of data.episodes',
      });
    }
    const querySizes = episodes['query'] as Int32Array;
    const episodeIds = episodes['episode_id'] as Float64Array;
    const userIds = episodes['user_id'] as readonly string[];
    const indices = members['index'] as Int32Array;
    let at = 0;
    const take = (count: number) => {
      at += count;
      return indices.slice(at - count, at);
    };
    return {
      itemCount,
      pairs,
      pairIds,
      episodes: Array.from(supportSizes, (size, index) => ({
        episodeId: episodeIds[index] ?? 0,
        userId: userIds[index] ?? '',
        support: take(size),
        query: take(querySizes[index] ?? 0),
      })),
    };
  });
}

/** The pairs at these indices, in the order of the indices. */
export function selectPairs(pairs: PairSet, indices: ArrayLike<number>): PairSet {
  const lengths = Int32Array.from(
    indices,
    (index) => (pairs.offsets[index + 1] ?? 0) - (pairs.offsets[index] ?? 0),
  );
  const offsets = runningTotal(lengths);
  const items = new Int32Array(offsets[lengths.length] ?? 0);
  const labels = new Int32Array(lengths.length);
  for (let position = 0; position < lengths.length; position++) {
    const index = indices[position] ?? 0;
    items.set(pairs.items.subarray(pairs.offsets[index], pairs.offsets[index + 1]), offsets[position]);
    labels[position] = pairs.labels[index] ?? 0;
  }
  return { items, offsets, labels };
}
