import { setImmediate } from 'node:timers/promises';
import { FailureError } from '../../base/failure.js';
import type { KindContext } from '../kind.js';
import { readEpisodesAt } from './episode-input.js';
import { type RankRow, writeRanks } from './write-ranks.js';

/** A prefix of at least one item, oldest first, and what came next. */
interface PrefixAndLabel {
  readonly prefix: Int32Array;
  readonly label: number;
}

/** What a baseline is asked to rank. */
export interface QueryPair extends PrefixAndLabel {
  readonly pairId: number;
  readonly itemCount: number;
  /** The support pairs of its episode, oldest first. */
  readonly support: readonly PrefixAndLabel[];
}

export interface RankedBy {
  /** The rank of the pair's next item, from 1. */
  rankOf(pair: QueryPair): number;
  /** Items that the training data has, where there is any. */
  readonly trainedItems?: number;
  /** All where undefined. */
  readonly maxEpisodes: number | undefined;
  readonly maxPrefixLength: number;
}

/** Episodes between two reports of progress. */
const episodesAtOnce = 32;

/** Ranks the query pairs at port `episodes` by something that does not adapt; writes the port `ranks`. */
export async function evaluateRanks(context: KindContext, by: RankedBy): Promise<void> {
  const { itemCount, pairs, pairIds, episodes } = await readEpisodesAt(
    context,
    'episodes',
    by.maxPrefixLength,
  );
  if (by.trainedItems !== undefined && by.trainedItems !== itemCount) {
    throw new FailureError({
      reason: 'bad-data',
      message: `the training data has ${by.trainedItems} items, and the episodes have ${itemCount}`,
      hint: 'take both from one data.episodes or data.files',
    });
  }
  // Indices of an episode are those of its set's pairs.
  const pairAt = (pair: number): PrefixAndLabel => ({
    prefix: pairs.items.subarray(pairs.offsets[pair], pairs.offsets[pair + 1]),
    label: pairs.labels[pair]!,
  });
  const evaluated = episodes.slice(0, by.maxEpisodes);
  const rows: RankRow[] = [];
  for (const [index, { episodeId, userId, support, query }] of evaluated.entries()) {
    const supportPairs = Array.from(support, pairAt);
    for (const pair of query) {
      const pairId = pairIds[pair]!;
      const { prefix, label } = pairAt(pair);
      const rank = by.rankOf({ pairId, prefix, label, itemCount, support: supportPairs });
      rows.push({ k: support.length, steps: 0, episodeId, userId, pairId, label, rank });
    }
    const done = index + 1;
    if (done % episodesAtOnce === 0 || done === evaluated.length) {
      context.progress({ done, total: evaluated.length, unit: 'episodes' });
      // Lets what would abort the signal be heard.
      await setImmediate();
      context.signal.throwIfAborted();
    }
  }
  await writeRanks(context, rows, null);
}
