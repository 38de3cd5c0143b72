import { readRecentLabels } from '../../data/read-recent-labels.js';
import { popularityRanks } from '../../learning/popularity-ranks.js';
import { rankOfLabel } from '../../model/rank-of-label.js';
import type { KindContext } from '../kind.js';
import { filePath, inputTree } from '../ports.js';
import type { PopularityParameters } from './baseline-popularity.js';
import { evaluateRanks } from './evaluate-ranks.js';

/** Writes the port `ranks`. */
export async function run(context: KindContext<PopularityParameters>): Promise<void> {
  const { last_pairs, last_days, max_episodes } = context.parameters;
  const train = inputTree(context, 'train');
  const { itemCount, all, recent } = await readRecentLabels(
    { pairs: filePath(train, 'pairs'), items: filePath(train, 'items') },
    { pairs: last_pairs, days: last_days },
    { threads: context.threads },
  );
  // In this order equally popular ones are ranked by all pairs.
  const place = popularityRanks(all, itemCount).map((rank) => rank - 1);
  const counts = new Float64Array(itemCount);
  // Labels are below the count of items.
  for (const label of recent) counts[place[label]!]! += 1;
  await evaluateRanks(context, {
    trainedItems: itemCount,
    maxEpisodes: max_episodes,
    // Neither counting nor ranking looks at a prefix.
    maxPrefixLength: 1,
    rankOf: ({ label }) => rankOfLabel(counts, 0, itemCount, place[label]!),
  });
}
