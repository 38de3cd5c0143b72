import { setImmediate } from 'node:timers/promises';
import { FailureError } from '../../base/failure.js';
import { firstItems } from '../../model/first-items.js';
import { rankOfLabel } from '../../model/rank-of-label.js';
import type { KindContext } from '../kind-body.js';
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

/** All items in an order, best first. */
export interface Ranking {
  /** From 1. */
  rankOf(item: number): number;
  /** The first so many, or all where there are fewer. */
  first(count: number): Int32Array;
}

/** How items with equal scores are ordered: the place of each item, from 0, and the item of each place. */
export interface TieOrder {
  readonly placeOf: Int32Array;
  readonly itemAt: Int32Array;
}

/** The order in which items are ranked where nothing tells them apart, from each one's rank in it. */
export function tieOrder(ranks: Int32Array): TieOrder {
  const placeOf = ranks.map((rank) => rank - 1);
  const itemAt = new Int32Array(ranks.length);
  for (const [item, place] of placeOf.entries()) itemAt[place] = item;
  return { placeOf, itemAt };
}

/** Items by score, the higher first; equal ones in `ties`, or by id without it. */
export function byScore(scores: Float64Array, ties?: TieOrder): Ranking {
  const count = scores.length;
  if (ties === undefined) {
    return {
      rankOf: (item) => rankOfLabel(scores, 0, count, item),
      first: (wanted) => firstItems(scores, 0, count, wanted),
    };
  }
  const { placeOf, itemAt } = ties;
  const placed = new Float64Array(count);
  // Both orders are of the same items.
  for (const [item, score] of scores.entries()) placed[placeOf[item]!] = score;
  return {
    rankOf: (item) => rankOfLabel(placed, 0, count, placeOf[item]!),
    first: (wanted) => firstItems(placed, 0, count, wanted).map((place) => itemAt[place]!),
  };
}

export interface RankedBy {
  /** All items, for a pair; the label is not to be looked at but to tell where chance puts it. */
  rank(pair: QueryPair): Ranking;
  /** How many items of each ranking to list; none where undefined. */
  readonly listed: number | undefined;
  /** Items that the training data has, where there is any. */
  readonly trainedItems?: number;
  /** All where undefined. */
  readonly maxEpisodes: number | undefined;
  readonly maxPrefixLength: number;
}

/** Episodes between two reports of progress. */
const episodesAtOnce = 32;

/** Ranks the query pairs at port `episodes` by something that does not adapt; writes the port `ranks`, and `top` where asked to. */
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
      const ranking = by.rank({ pairId, prefix, label, itemCount, support: supportPairs });
      const rank = ranking.rankOf(label);
      const items = by.listed === undefined ? {} : { items: ranking.first(by.listed) };
      rows.push({ k: support.length, steps: 0, episodeId, userId, pairId, label, rank, ...items });
    }
    const done = index + 1;
    if (done % episodesAtOnce === 0 || done === evaluated.length) {
      context.progress({ done, total: evaluated.length, unit: 'episodes' });
      // Lets what would abort the signal be heard.
      await setImmediate();
      context.signal.throwIfAborted();
    }
  }
  await writeRanks(context, rows, null, [], by.listed !== undefined);
}
