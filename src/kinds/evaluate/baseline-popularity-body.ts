import { readPairs } from '../../data/read-pairs.js';
import { rankOfLabel } from '../../model/rank-of-label.js';
import type { KindContext } from '../kind.js';
import { filePath, inputTree } from '../ports.js';
import type { PopularityParameters } from './baseline-popularity.js';
import { evaluateRanks } from './evaluate-ranks.js';

/** Writes the port `ranks`. */
export async function run(context: KindContext<PopularityParameters>): Promise<void> {
  const { max_episodes } = context.parameters;
  const train = inputTree(context, 'train');
  // Neither counting nor ranking looks at a prefix.
  const maxPrefixLength = 1;
  const { itemCount, pairs } = await readPairs(
    { pairs: filePath(train, 'pairs'), items: filePath(train, 'items') },
    { threads: context.threads, maxPrefixLength },
  );
  const counts = new Float64Array(itemCount);
  // Labels are below the count of items.
  for (const label of pairs.labels) counts[label]! += 1;
  const ranks = Int32Array.from(counts, (_, item) => rankOfLabel(counts, 0, itemCount, item));
  await evaluateRanks(context, {
    trainedItems: itemCount,
    maxEpisodes: max_episodes,
    maxPrefixLength,
    rankOf: ({ label }) => ranks[label]!,
  });
}
