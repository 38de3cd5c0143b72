import { type EpisodeSet, readEpisodes } from '../data/read-episodes.js';
import type { Engine, Parameters } from '../engines/engine.js';
import type { KindContext } from './kind.js';
import { filePath, inputTree } from './ports.js';

/**
 * The episodes at an input port that is a bundle of pairs, episodes and items.
 *
 * @throws FailureError `bad-data`
 */
export async function readEpisodesAt(
  context: KindContext,
  port: string,
  maxPrefixLength: number,
): Promise<EpisodeSet> {
  const tree = inputTree(context, port);
  const files = {
    pairs: filePath(tree, 'pairs'),
    episodes: filePath(tree, 'episodes'),
    items: filePath(tree, 'items'),
  };
  return await readEpisodes(files, { threads: context.threads, maxPrefixLength });
}

/** The parameters in the engine's precision. */
export function inParameterPrecision(engine: Engine, parameters: Parameters): Parameters {
  if (engine.precision === 'float64') return Float64Array.from(parameters);
  return Float32Array.from(parameters);
}
