import type { PairSet } from '../../data/pair-set.js';
import { readPairs } from '../../data/read-pairs.js';
import { countTransitions, type Transition } from '../../learning/first-order-transitions.js';
import { popularityRanks } from '../../learning/popularity-ranks.js';
import type { KindContext } from '../kind-body.js';
import { filePath, inputTree } from '../ports.js';
import type { MarkovParameters } from './baseline-markov.js';
import { byScore, evaluateRanks, tieOrder } from './evaluate-ranks.js';

/** Writes the port `ranks`. */
export async function run(context: KindContext<MarkovParameters>): Promise<void> {
  const { support_weight, max_prefix_length, max_episodes, top_items } = context.parameters;
  const train = inputTree(context, 'train');
  const { itemCount, pairs } = await readPairs(
    { pairs: filePath(train, 'pairs'), items: filePath(train, 'items') },
    { threads: context.threads, maxPrefixLength: 1 },
  );
  const ofTrain = countTransitions(lastToLabel(pairs));
  // In this order equal scores are ranked by popularity.
  const ties = tieOrder(popularityRanks(pairs.labels, itemCount));
  await evaluateRanks(context, {
    trainedItems: itemCount,
    maxEpisodes: max_episodes,
    maxPrefixLength: max_prefix_length,
    listed: top_items,
    rank: ({ prefix, support }) => {
      // A prefix has at least one item.
      const last = prefix.at(-1)!;
      const scores = new Float64Array(itemCount);
      ofTrain.addShares(last, 1, scores);
      if (support_weight > 0) {
        countTransitions([...support.map(lastOf), ...within(prefix)]).addShares(last, support_weight, scores);
      }
      return byScore(scores, ties);
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
