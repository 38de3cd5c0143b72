import type { JsonObject } from '../base/json.js';
import { evaluateModel } from './evaluate-model.js';
import type { KindContext } from './kind.js';

/** What reaches the body. */
interface ZeroShotParameters extends JsonObject {
  readonly max_episodes?: number;
  readonly max_prefix_length: number;
  /** Absent: none. */
  readonly pad_to?: number;
}

/** Writes the ports `metrics` and `ranks`. */
export async function run(context: KindContext): Promise<void> {
  const parameters = context.parameters as ZeroShotParameters;
  await evaluateModel(context, {
    steps: [0],
    innerRate: 0,
    padTo: parameters.pad_to,
    maxEpisodes: parameters.max_episodes,
    maxPrefixLength: parameters.max_prefix_length,
  });
}
