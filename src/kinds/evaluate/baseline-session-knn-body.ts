import { readSessions } from '../../data/read-sessions.js';
import { createSessionKnn } from '../../learning/session-knn.js';
import type { KindContext } from '../kind-body.js';
import { filePath, inputTree } from '../ports.js';
import type { SessionKnnParameters } from './baseline-session-knn.js';
import { byScore, evaluateRanks } from './evaluate-ranks.js';

/** Writes the port `ranks`. */
export async function run(context: KindContext<SessionKnnParameters>): Promise<void> {
  const { neighbours, sample_size, similarity, exclude_last, max_prefix_length, max_episodes, top_items } =
    context.parameters;
  const train = inputTree(context, 'train');
  const sessions = await readSessions(
    { pairs: filePath(train, 'pairs'), items: filePath(train, 'items') },
    { threads: context.threads },
  );
  const scoresOf = createSessionKnn(sessions, { neighbours, sampleSize: sample_size, similarity });
  await evaluateRanks(context, {
    trainedItems: sessions.itemCount,
    maxEpisodes: max_episodes,
    maxPrefixLength: max_prefix_length,
    listed: top_items,
    rank: ({ prefix }) => {
      const scores = scoresOf(prefix);
      // No score is below 0, and a prefix has at least one item.
      if (exclude_last) scores[prefix.at(-1)!] = -1;
      return byScore(scores);
    },
  });
}
