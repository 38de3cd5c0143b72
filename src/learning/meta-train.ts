import { FailureError } from '../base/failure.js';
import type { Engine, MetaGradient, MetaHyper, Parameters } from '../engines/engine.js';
import { isLayerRates } from '../model/layer-rates.js';
import { clearUntrained, clipGradient, scaleVector } from './clip-gradient.js';
import type { Optimizer, OptimizerState } from './optimizer.js';
import type { DrawnTask } from './sample-tasks.js';
import { hintOfDivergence, type Iteration } from './training-state.js';

/** The outer loop's settings; the inner loop's are the engine's. */
export interface MetaTraining {
  /**
   * With `learnRates` the state's vector is the parameters followed by one inner rate for each (Meta-SGD: Li, Zhou,
   * Chen and Li, 2017), or by those of `LayerRates` where `innerRates` are such; they take the place of `innerRates`, and
   * one optimizer trains both.
   */
  readonly hyper: MetaHyper;
  /** What the losses after each inner step count in an iteration, counted from 0; a function of nothing else. */
  readonly stepWeightsOf?: ((iteration: number) => readonly number[] | undefined) | undefined;
  /** As long as the state's vector: 0 for what stays as it is. All of it is trained where undefined. */
  readonly trained?: ArrayLike<number> | undefined;
  readonly optimizer: Optimizer;
  /** Largest Euclidean norm of the mean gradient. */
  readonly clipNorm: number;
  /** What the gradient is multiplied by before it is clipped. Default 1. */
  readonly gradientScale?: number;
  /** What dropout is drawn by in an iteration, counted from 0, of a model that may have some. */
  readonly seedOf?: ((iteration: number) => number) | undefined;
}

/**
 * One step of the outer loop: the meta-gradient over `drawn`, clipped, into the optimizer, in the vectors of `state`; a
 * function of its arguments alone.
 *
 * @throws FailureError `not-finite`, naming the iteration (from 1) and the user, where a loss or the gradient is NaN
 * or infinite
 */
export async function metaIteration(
  engine: Engine,
  state: OptimizerState,
  drawn: readonly DrawnTask[],
  training: MetaTraining,
): Promise<Iteration> {
  const iteration = state.step + 1;
  const { trained, seedOf, stepWeightsOf } = training;
  const { innerRates } = training.hyper;
  const hyper = {
    ...training.hyper,
    ...(seedOf === undefined ? {} : { seed: seedOf(state.step) }),
    ...(stepWeightsOf === undefined ? {} : { stepWeights: stepWeightsOf(state.step) }),
  };
  const count = state.parameters.length - rateCount(training.hyper, state.parameters.length);
  const learned = state.parameters.subarray(count);
  const found = await engine.metaGradient(
    state.parameters.subarray(0, count),
    drawn.map(({ task }) => task),
    hyper.learnRates !== true
      ? hyper
      : { ...hyper, innerRates: isLayerRates(innerRates) ? { ...innerRates, rates: learned } : learned },
  );
  const { loss, lossPerTask } = found;
  const broken = lossPerTask.findIndex((one) => !Number.isFinite(one));
  if (broken >= 0) {
    throw notFinite(
      `the loss of user ${drawn[broken]?.userId} is ${lossPerTask[broken]} at iteration ${iteration}`,
      training,
    );
  }
  const slope = wholeGradient(found);
  if (training.gradientScale !== undefined) scaleVector(slope, training.gradientScale);
  clearUntrained(slope, trained);
  const norm = clipGradient(slope, training.clipNorm);
  if (!Number.isFinite(norm))
    throw notFinite(`the gradient's norm is ${norm} at iteration ${iteration}`, training);
  return { state: training.optimizer.update(state, slope, engine.adamStep), loss, gradientNorm: norm };
}

/** That of the parameters, and of the rates behind them where these are learned. */
function wholeGradient({ gradient, rateGradient }: MetaGradient): Parameters {
  if (rateGradient === undefined) return gradient;
  const length = gradient.length + rateGradient.length;
  const whole = gradient instanceof Float32Array ? new Float32Array(length) : new Float64Array(length);
  whole.set(gradient);
  whole.set(rateGradient, gradient.length);
  return whole;
}

/** How many learned rates follow the parameters in a vector of such a length. */
function rateCount({ learnRates, innerRates }: MetaHyper, length: number): number {
  if (learnRates !== true) return 0;
  return isLayerRates(innerRates) ? innerRates.rates.length : length / 2;
}

function notFinite(message: string, { seedOf }: MetaTraining): FailureError {
  return new FailureError({
    reason: 'not-finite',
    message: `training diverged: ${message}`,
    hint: hintOfDivergence('inner_lr or outer_lr', seedOf),
  });
}
