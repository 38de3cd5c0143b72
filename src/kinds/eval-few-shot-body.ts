import type { FewShotParameters } from './eval-few-shot.js';
import { evaluateModel } from './evaluate-model.js';
import type { KindContext } from './kind.js';

export async function run(context: KindContext): Promise<void> {
  const parameters = context.parameters as FewShotParameters;
  await evaluateModel(context, {
    steps: parameters.steps,
    innerRate: parameters.inner_lr ?? 0,
    maxEpisodes: parameters.max_episodes,
    maxPrefixLength: parameters.max_prefix_length,
  });
}
