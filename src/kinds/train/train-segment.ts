import { readFile } from 'node:fs/promises';
import { FailureError } from '../../base/failure.js';
import { writeFile } from '../../base/files/write-file.js';
import type { Parameters } from '../../engines/engine.js';
import type { Optimizer, OptimizerState } from '../../learning/optimizer.js';
import {
  type HistoryRow,
  type Iteration,
  readTrainingProgress,
  readTrainingState,
  type TrainingProgress,
  writeTrainingProgress,
  writeTrainingState,
} from '../../learning/training-state.js';
import { withDatabase } from '../../tables/database.js';
import { historyColumns } from '../../tables/evaluation-columns.js';
import { writeRowsParquet } from '../../tables/parquet.js';
import type { KindContext } from '../kind-body.js';
import { filePath } from '../ports.js';

/** One node of a chain of training. */
export interface TrainingSegment {
  /** Steps done before it, and at its end. */
  readonly start: number;
  readonly end: number;
  /** What steps are called while they are counted. */
  readonly unit: string;
  readonly optimizer: Optimizer;
  /** The parameters before the first segment. */
  initial(): Parameters;
  /** One step; depends on its argument alone. */
  iterate(state: OptimizerState): Promise<Iteration>;
}

/** A killed process loses at most this much work and one iteration. */
const secondsBetweenSaves = 15;

/**
 * Trains from where this node was interrupted, else from the state at port `previous`, else from the beginning, and
 * writes the ports `state` and `history`; how often it was interrupted changes no byte.
 *
 * @returns the state at the segment's end
 */
export async function trainSegment(context: KindContext, segment: TrainingSegment): Promise<OptimizerState> {
  const { start, end, unit } = segment;
  const beginning = await startingPoint(context, segment);
  const history = [...beginning.history];
  let { state } = beginning;
  let savedAt = performance.now();
  while (state.step < end) {
    if (performance.now() - savedAt > 1000 * secondsBetweenSaves || context.signal.aborted) {
      await context.partial.save(writeTrainingProgress({ state, history }));
      savedAt = performance.now();
      context.signal.throwIfAborted();
    }
    const { loss, gradientNorm, state: next } = await segment.iterate(state);
    state = next;
    history.push({ iteration: state.step, loss, gradientNorm });
    context.progress({ done: state.step - start, total: end - start, unit, values: { loss } });
  }
  writeFile(context.output('state'), writeTrainingState(state));
  await writeHistory(context, history);
  return state;
}

async function startingPoint(
  context: KindContext,
  { start, optimizer, initial }: TrainingSegment,
): Promise<TrainingProgress> {
  try {
    const partial = await context.partial.load();
    if (partial !== undefined) {
      const progress = readTrainingProgress(partial, 'the saved state', optimizer);
      context.log(`resumed after iteration ${progress.state.step}`);
      return progress;
    }
  } catch (error) {
    if (!(error instanceof FailureError)) throw error;
    context.log(`began again at iteration ${start}: ${error.message}`);
  }
  const { previous } = context.inputs;
  if (previous !== undefined) {
    const state = readTrainingState(
      await readFile(filePath(previous)),
      'the state of the segment before',
      optimizer,
    );
    if (state.step !== start) {
      throw new FailureError({
        reason: 'bug',
        message: `the segment begins at iteration ${start}, and the one before it ended at ${state.step}`,
      });
    }
    return { state, history: [] };
  }
  return { state: optimizer.init(initial()), history: [] };
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
