import type { JsonObject } from '../base/json.js';
import type { AdaptedLayers } from '../model/inner-rates.js';
import { evaluateModel } from './evaluate-model.js';
import type { KindContext } from './kind.js';

/** What reaches the body. */
interface FewShotParameters extends JsonObject {
  /** Ascending, distinct. */
  readonly steps: readonly number[];
  /** Ascending, distinct; absent: all support pairs. */
  readonly k?: readonly number[];
  /** Absent: false. */
  readonly drift?: boolean;
  /** Absent where no step is taken. */
  readonly inner_lr?: number;
  /** Absent: as the model says. */
  readonly adapt?: AdaptedLayers;
  readonly max_episodes?: number;
  readonly max_prefix_length: number;
}

/** Writes the ports `metrics` and `ranks`, and where asked to `drift` and `drift_summary`. */
export async function run(context: KindContext): Promise<void> {
  const parameters = context.parameters as FewShotParameters;
  await evaluateModel(context, {
    steps: parameters.steps,
    supportSizes: parameters.k,
    drift: parameters.drift,
    innerRate: parameters.inner_lr ?? 0,
    adapt: parameters.adapt,
    maxEpisodes: parameters.max_episodes,
    maxPrefixLength: parameters.max_prefix_length,
  });
}
