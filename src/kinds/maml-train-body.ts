import { writeFile } from 'node:fs/promises';
import type { JsonObject } from '../base/json.js';
import { metaIteration } from '../learning/meta-train.js';
import { createTaskSampler } from '../learning/sample-tasks.js';
import { initialParameters } from '../model/initial-parameters.js';
import { writeModel } from '../model/model-file.js';
import type { ModelShape } from '../model/model-shape.js';
import { readEpisodesAt } from './episode-input.js';
import type { KindContext } from './kind.js';
import { parametersFor } from './parameters-for.js';
import { trainSegment } from './train-segment.js';

/** What reaches the body: one segment, from iteration `start` (done before) to `end`. */
interface SegmentParameters extends JsonObject {
  readonly start: number;
  readonly end: number;
  readonly inner_lr: number;
  readonly inner_steps: number;
  readonly outer_lr: number;
  readonly lambda_residual: number;
  readonly second_order: boolean;
  readonly meta_batch_size: number;
  readonly clip_norm: number;
  readonly embedding_size: number;
  readonly hidden_size: number;
  readonly max_prefix_length: number;
  readonly seed: number;
}

/** Trains from iteration `start` to `end`; writes the ports `checkpoint`, `state` and `history`. */
export async function run(context: KindContext): Promise<void> {
  const parameters = context.parameters as SegmentParameters;
  const episodes = await readEpisodesAt(context, 'train', parameters.max_prefix_length);
  const draw = createTaskSampler(episodes, parameters.meta_batch_size, parameters.seed);
  const shape: ModelShape = {
    items: episodes.itemCount,
    embedding: parameters.embedding_size,
    hidden: parameters.hidden_size,
  };
  const engine = await context.engine(shape);
  const training = {
    hyper: {
      innerRates: parameters.inner_lr,
      innerSteps: parameters.inner_steps,
      lambdaResidual: parameters.lambda_residual,
      secondOrder: parameters.second_order,
    },
    outerRate: parameters.outer_lr,
    clipNorm: parameters.clip_norm,
  };

  const state = await trainSegment(context, {
    start: parameters.start,
    end: parameters.end,
    unit: 'iterations',
    initial: () => parametersFor(engine, initialParameters(shape, parameters.seed)),
    iterate: (from) => metaIteration(engine, from, draw(from.step), training),
  });
  await writeFile(context.output('checkpoint'), writeModel({ shape, parameters: state.parameters }));
}
