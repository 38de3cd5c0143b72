import { randomStream } from '../../base/random.js';
import type { KindContext } from '../kind.js';
import type { RandomParameters } from './baseline-random.js';
import { evaluateRanks } from './evaluate-ranks.js';

/** Writes the port `ranks`. */
export async function run(context: KindContext<RandomParameters>): Promise<void> {
  const { seed, max_episodes } = context.parameters;
  await evaluateRanks(context, {
    maxEpisodes: max_episodes,
    // No item depends on a prefix.
    maxPrefixLength: 1,
    // In an order drawn uniformly every place is as likely as any other.
    rankOf: ({ pairId, itemCount }) =>
      1 + randomStream(seed, `baseline.random pair ${pairId}`, 0).integer(itemCount),
  });
}
