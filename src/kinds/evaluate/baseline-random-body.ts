import { randomStream } from '../../base/random.js';
import type { KindContext } from '../kind-body.js';
import type { RandomParameters } from './baseline-random.js';
import { evaluateRanks } from './evaluate-ranks.js';

/** Writes the port `ranks`. */
export async function run(context: KindContext<RandomParameters>): Promise<void> {
  const { seed, max_episodes, top_items } = context.parameters;
  await evaluateRanks(context, {
    maxEpisodes: max_episodes,
    // No item depends on a prefix.
    maxPrefixLength: 1,
    listed: top_items,
    rank: ({ pairId, label, itemCount }) => {
      const random = randomStream(seed, `baseline.random pair ${pairId}`, 0);
      // In an order drawn uniformly every place is as likely as any other; the other items stand around it by chance.
      const place = random.integer(itemCount);
      return {
        rankOf: () => 1 + place,
        first: (count) => {
          const others = Array.from({ length: itemCount }, (_, item) => item).filter(
            (item) => item !== label,
          );
          return Int32Array.from(random.shuffle(others).toSpliced(place, 0, label).slice(0, count));
        },
      };
    },
  });
}
