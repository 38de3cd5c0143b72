import { readRecentLabels } from '../../data/read-recent-labels.js';
import { popularityRanks } from '../../learning/popularity-ranks.js';
import type { KindContext } from '../kind-body.js';
import { filePath, inputTree } from '../ports.js';
import type { PopularityParameters } from './baseline-popularity.js';
import { byScore, evaluateRanks, tieOrder } from './evaluate-ranks.js';

/** Writes the port `ranks`. */
export async function run(context: KindContext<PopularityParameters>): Promise<void> {
  const { last_pairs, last_days, max_episodes, top_items } = context.parameters;
  const train = inputTree(context, 'train');
  const { itemCount, all, recent } = await readRecentLabels(
    { pairs: filePath(train, 'pairs'), items: filePath(train, 'items') },
    { pairs: last_pairs, days: last_days },
    { threads: context.threads },
  );
  // In this order equally popular ones are ranked by all pairs.
  const ties = tieOrder(popularityRanks(all, itemCount));
  const counts = new Float64Array(itemCount);
  // Labels are below the count of items.
  for (const label of recent) counts[label]! += 1;
  const ranking = byScore(counts, ties);
  await evaluateRanks(context, {
    trainedItems: itemCount,
    maxEpisodes: max_episodes,
    // Neither counting nor ranking looks at a prefix.
    maxPrefixLength: 1,
    listed: top_items,
    rank: () => ranking,
  });
}
