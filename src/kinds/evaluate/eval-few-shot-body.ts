import type { KindContext } from '../kind-body.js';
import type { FewShotParameters } from './eval-few-shot.js';
import { evaluateModel } from './evaluate-model.js';

/** Writes the port `ranks`, and where asked to `drift` and `drift_summary`. */
export async function run(context: KindContext<FewShotParameters>): Promise<void> {
  const { parameters } = context;
  await evaluateModel(context, {
    steps: parameters.steps,
    supportSizes: parameters.k,
    drift: parameters.drift,
    innerRate: parameters.inner_lr ?? 0,
    adapt: parameters.adapt,
    module: parameters.model,
    maxEpisodes: parameters.max_episodes,
    maxPrefixLength: parameters.max_prefix_length,
    listed: parameters.top_items,
  });
}
