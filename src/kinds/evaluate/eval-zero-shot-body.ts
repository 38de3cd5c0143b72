import type { KindContext } from '../kind-body.js';
import type { ZeroShotParameters } from './eval-zero-shot.js';
import { evaluateModel } from './evaluate-model.js';

/** Writes the port `ranks`. */
export async function run(context: KindContext<ZeroShotParameters>): Promise<void> {
  const { parameters } = context;
  await evaluateModel(context, {
    steps: [0],
    innerRate: 0,
    padTo: parameters.pad_to ?? undefined,
    history: parameters.history,
    module: parameters.model,
    maxEpisodes: parameters.max_episodes,
    maxPrefixLength: parameters.max_prefix_length,
    listed: parameters.top_items,
  });
}
