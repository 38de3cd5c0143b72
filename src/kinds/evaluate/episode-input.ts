import { type EpisodeSet, readEpisodes } from '../../data/read-episodes.js';
import type { History } from '../../data/whole-histories.js';
import type { KindContext } from '../kind-body.js';
import { filePath, inputTree } from '../ports.js';

/**
 * The episodes at an input port that is a bundle of pairs, episodes and items.
 *
 * @throws FailureError `bad-data`
 */
export async function readEpisodesAt(
  context: KindContext,
  port: string,
  maxPrefixLength: number,
  history?: History,
): Promise<EpisodeSet> {
  const tree = inputTree(context, port);
  const files = {
    pairs: filePath(tree, 'pairs'),
    episodes: filePath(tree, 'episodes'),
    items: filePath(tree, 'items'),
  };
  return await readEpisodes(files, { ...context, maxPrefixLength, history });
}
