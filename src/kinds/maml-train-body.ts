import { readFile, writeFile } from 'node:fs/promises';
import { FailureError } from '../base/failure.js';
import type { JsonObject } from '../base/json.js';
import type { Engine } from '../engines/engine.js';
import { initialAdamState } from '../learning/adam.js';
import { metaIteration } from '../learning/meta-train.js';
import { createTaskSampler } from '../learning/sample-tasks.js';
import {
  type HistoryRow,
  readTrainingProgress,
  readTrainingState,
  type TrainingProgress,
  writeTrainingProgress,
  writeTrainingState,
} from '../learning/training-state.js';
import { initialParameters } from '../model/initial-parameters.js';
import { writeModel } from '../model/model-file.js';
import type { ModelShape } from '../model/model-shape.js';
import { withDatabase } from '../tables/database.js';
import { historyColumns } from '../tables/evaluation-columns.js';
import { writeRowsParquet } from '../tables/parquet.js';
import { readEpisodesAt } from './episode-input.js';
import type { KindContext } from './kind.js';
import { parametersFor } from './parameters-for.js';
import { filePath } from './ports.js';

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

/** A killed process loses at most this much work and one iteration. */
const secondsBetweenSaves = 15;

/** Trains from iteration `start` to `end`; writes the ports `checkpoint`, `state` and `history`. */
export async function run(context: KindContext): Promise<void> {
  const parameters = context.parameters as SegmentParameters;
  const { start, end } = parameters;
  const episodes = await readEpisodesAt(context, 'train', parameters.max_prefix_length);
  const draw = createTaskSampler(episodes, parameters.meta_batch_size, parameters.seed);
  const shape: ModelShape = {
    items: episodes.itemCount,
    embedding: parameters.embedding_size,
    hidden: parameters.hidden_size,
  };
  const engine = await context.engine(shape);
  const beginning = await startingPoint(context, engine, shape);
  const history = [...beginning.history];
  let { state } = beginning;
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

  let savedAt = performance.now();
  while (state.step < end) {
    if (performance.now() - savedAt > 1000 * secondsBetweenSaves || context.signal.aborted) {
      await context.partial.save(writeTrainingProgress({ state, history }));
      savedAt = performance.now();
      context.signal.throwIfAborted();
    }
    const {
      loss,
      gradientNorm,
      state: next,
    } = await metaIteration(engine, state, draw(state.step), training);
    state = next;
    history.push({ iteration: state.step, loss, gradientNorm });
    context.progress({
      done: state.step - start,
      total: end - start,
      unit: 'iterations',
      values: { loss },
    });
  }

  await writeFile(context.output('checkpoint'), writeModel({ shape, parameters: state.parameters }));
  await writeFile(context.output('state'), writeTrainingState(state));
  await writeHistory(context, history);
}

/** Where this node was interrupted, else where the segment before it ended, else freshly drawn parameters. */
async function startingPoint(
  context: KindContext,
  engine: Engine,
  shape: ModelShape,
): Promise<TrainingProgress> {
  const { start, seed } = context.parameters as SegmentParameters;
  const partial = await context.partial.load();
  if (partial !== undefined) {
    try {
      const progress = readTrainingProgress(partial, 'the saved state');
      context.log(`resumed after iteration ${progress.state.step}`);
      return progress;
    } catch (error) {
      if (!(error instanceof FailureError)) throw error;
      context.log(`began again at iteration ${start}: ${error.message}`);
    }
  }
  const { previous } = context.inputs;
  if (previous !== undefined) {
    const state = readTrainingState(await readFile(filePath(previous)), 'the state of the segment before');
    if (state.step !== start) {
      throw new FailureError({
        reason: 'bug',
        message: `the segment begins at iteration ${start}, and the one before it ended at ${state.step}`,
      });
    }
    return { state, history: [] };
  }
  const parameters = parametersFor(engine, initialParameters(shape, seed));
  return { state: initialAdamState(parameters), history: [] };
}

async function writeHistory(context: KindContext, history: readonly HistoryRow[]): Promise<void> {
  await withDatabase(context, (database) =>
    writeRowsParquet(database, {
      columns: historyColumns,
      rows: history.map(({ iteration, loss, gradientNorm }) => ({
        iteration,
        loss,
        gradient_norm: gradientNorm,
      })),
      orderBy: ['iteration'],
      path: context.output('history'),
    }),
  );
}
