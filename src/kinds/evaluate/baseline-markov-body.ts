import type { PairSet } from '../../data/pair-set.js';
import { readPairs } from '../../data/read-pairs.js';
import { countTransitions, type Transition } from '../../learning/first-order-transitions.js';
import { popularityRanks } from '../../learning/popularity-ranks.js';
import { rankOfLabel } from '../../model/rank-of-label.js';
import type { KindContext } from '../kind.js';
import { filePath, inputTree } from '../ports.js';
import type { MarkovParameters } from './baseline-markov.js';
import { evaluateRanks } from './evaluate-ranks.js';

/** Writes the port `ranks`. */
export async function run(context: KindContext<MarkovParameters>): Promise<void> {
  const { support_weight, max_prefix_length, max_episodes } = context.parameters;
  const train = inputTree(context, 'train');
  const { itemCount, pairs } = await readPairs(
    { pairs: filePath(train, 'pairs'), items: filePath(train, 'items') },
    { threads: context.threads, maxPrefixLength: 1 },
  );
  const ofTrain = countTransitions(lastToLabel(pairs));
  // In this order equal scores are ranked by popularity.
  const place = popularityRanks(pairs.labels, itemCount).map((rank) => rank - 1);
  await evaluateRanks(context, {
    trainedItems: itemCount,
    maxEpisodes: max_episodes,
    maxPrefixLength: max_prefix_length,
    rankOf: ({ prefix, label, support }) => {
      // A prefix has at least one item.
      const last = prefix.at(-1)!;
      const scores = new Float64Array(itemCount);
      ofTrain.addShares(last, 1, scores);
      if (support_weight > 0) {
        countTransitions([...support.map(lastOf), ...within(prefix)]).addShares(last, support_weight, scores);
      }
      const placed = new Float64Array(itemCount);
      for (const [item, score] of scores.entries()) placed[place[item]!] = score;
      return rankOfLabel(placed, 0, itemCount, place[label]!);
    },
  });
}

/** Each transition of the sessions that the pairs were cut from, once: pairs nest, so a pair's own is its last. */
function* lastToLabel({ items, offsets, labels }: PairSet): Generator<Transition> {
  // A prefix has at least one item, and ends where the next one begins.
  for (const [pair, next] of labels.entries()) yield { last: items[offsets[pair + 1]! - 1]!, next };
}

function lastOf({ prefix, label }: { readonly prefix: Int32Array; readonly label: number }): Transition {
  return { last: prefix.at(-1)!, next: label };
}

function within(prefix: Int32Array): readonly Transition[] {
  return Array.from(prefix.subarray(1), (next, index) => ({ last: prefix[index]!, next }));
}
