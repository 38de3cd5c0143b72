import { FailureError } from '../base/failure.js';
import type { Parameters } from '../engines/engine.js';
import { readSafetensors, writeSafetensors } from '../model/safetensors.js';
import type { Optimizer, OptimizerState } from './optimizer.js';

/** What one step of training gives. */
export interface Iteration {
  readonly state: OptimizerState;
  /** At the parameters before the step. */
  readonly loss: number;
  /** Euclidean, before any clipping. */
  readonly gradientNorm: number;
}

/** What to do where a loss is NaN or infinite; a model that draws dropout is one of the user's, which may be at fault. */
export function hintOfDivergence(
  settings: string,
  seedOf: ((iteration: number) => number) | undefined,
): string {
  const ofModel = '; a model of your own may divide by 0 there, or take its logarithm or root';
  return `lower ${settings}${seedOf === undefined ? '' : ofModel}`;
}

/** One row of a training curve. */
export interface HistoryRow {
  /** The iteration that it tells of, from 1. */
  readonly iteration: number;
  readonly loss: number;
  readonly gradientNorm: number;
}

/** A state of training and the curve that led to it since the node began. */
export interface TrainingProgress {
  readonly state: OptimizerState;
  readonly history: readonly HistoryRow[];
}

/** The exact bits of a state of training, as safetensors; equal states give equal bytes. */
export function writeTrainingState(state: OptimizerState): Uint8Array {
  return writeTrainingProgress({ state, history: [] });
}

/** Reads what `writeTrainingState` wrote of that optimizer. @throws FailureError `bad-data`, naming `source` */
export function readTrainingState(bytes: Uint8Array, source: string, optimizer: Optimizer): OptimizerState {
  return readTrainingProgress(bytes, source, optimizer).state;
}

/** The exact bits of training under way. */
export function writeTrainingProgress({ state, history }: TrainingProgress): Uint8Array {
  const vectors: readonly (readonly [string, Parameters])[] = [
    ['step', Float64Array.of(state.step)],
    ['parameters', state.parameters],
    ...Object.entries(state.slots),
    ['history.iteration', Float64Array.from(history, (row) => row.iteration)],
    ['history.loss', Float64Array.from(history, (row) => row.loss)],
    ['history.gradient_norm', Float64Array.from(history, (row) => row.gradientNorm)],
  ];
  return writeSafetensors(vectors.map(([name, values]) => ({ name, shape: [values.length], values })));
}

/** Reads what `writeTrainingProgress` wrote of that optimizer. @throws FailureError `bad-data`, naming `source` */
export function readTrainingProgress(
  bytes: Uint8Array,
  source: string,
  optimizer: Optimizer,
): TrainingProgress {
  const tensors = new Map(readSafetensors(bytes, source).map(({ name, values }) => [name, values]));
  const vector = (name: string, length?: number): Parameters => {
    const values = tensors.get(name);
    if (values === undefined || (length !== undefined && values.length !== length)) {
      throw new FailureError({
        reason: 'bad-data',
        message: `${source} is no state of training: ${name} is ${
          values === undefined ? 'missing' : `${values.length} numbers, not ${length}`
        }`,
      });
    }
    return values;
  };
  const [step = 0] = vector('step', 1);
  const parameters = vector('parameters');
  const slotNames = Object.keys(optimizer.init(parameters).slots);
  const iterations = vector('history.iteration');
  const losses = vector('history.loss', iterations.length);
  const norms = vector('history.gradient_norm', iterations.length);
  return {
    state: {
      step,
      parameters,
      slots: Object.fromEntries(slotNames.map((name) => [name, vector(name, parameters.length)])),
    },
    history: Array.from(iterations, (iteration, i) => ({
      iteration,
      // The three columns have one length.
      loss: losses[i]!,
      gradientNorm: norms[i]!,
    })),
  };
}
