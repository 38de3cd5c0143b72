import { readPairs } from '../../data/read-pairs.js';
import { popularityRanks } from '../../learning/popularity-ranks.js';
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
  const ranks = popularityRanks(pairs.labels, itemCount);
  await evaluateRanks(context, {
    trainedItems: itemCount,
    maxEpisodes: max_episodes,
    maxPrefixLength,
    rankOf: ({ label }) => ranks[label]!,
  });
}
