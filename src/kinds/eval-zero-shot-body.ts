import type { ZeroShotParameters } from './eval-zero-shot.js';
import { evaluateModel } from './evaluate-model.js';
import type { KindContext } from './kind.js';

export async function run(context: KindContext): Promise<void> {
  const parameters = context.parameters as ZeroShotParameters;
  await evaluateModel(context, {
    steps: [0],
    innerRate: 0,
    maxEpisodes: parameters.max_episodes,
    maxPrefixLength: parameters.max_prefix_length,
  });
}
