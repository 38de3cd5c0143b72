import { FailureError } from '../base/failure.js';
import type { Engine, MetaHyper } from '../engines/engine.js';
import { type AdamState, adamStep } from './adam.js';
import { clipGradient } from './clip-gradient.js';
import type { DrawnTask } from './sample-tasks.js';
import type { Iteration } from './training-state.js';

/** The outer loop's settings; the inner loop's are the engine's. */
export interface MetaTraining {
  readonly hyper: MetaHyper;
  /** Adam's rate. */
  readonly outerRate: number;
  /** Largest Euclidean norm of the mean gradient. */
  readonly clipNorm: number;
}

/**
 * One step of the outer loop: the meta-gradient over `drawn`, clipped, into Adam. A pure function of its arguments.
 *
 * @throws FailureError `not-finite`, naming the iteration (from 1) and the user, where a loss or the gradient is NaN
 * or infinite
 */
export async function metaIteration(
  engine: Engine,
  state: AdamState,
  drawn: readonly DrawnTask[],
  training: MetaTraining,
): Promise<Iteration> {
  const iteration = state.step + 1;
  const { loss, gradient, lossPerTask } = await engine.metaGradient(
    state.parameters,
    drawn.map(({ task }) => task),
    training.hyper,
  );
  const broken = lossPerTask.findIndex((one) => !Number.isFinite(one));
  if (broken >= 0) {
    throw notFinite(
      `the loss of user ${drawn[broken]?.userId} is ${lossPerTask[broken]} at iteration ${iteration}`,
    );
  }
  const { clipped, norm } = clipGradient(gradient, training.clipNorm);
  if (!Number.isFinite(norm)) throw notFinite(`the gradient's norm is ${norm} at iteration ${iteration}`);
  return { state: adamStep(state, clipped, training.outerRate), loss, gradientNorm: norm };
}

function notFinite(message: string): FailureError {
  return new FailureError({
    reason: 'not-finite',
    message: `training diverged: ${message}`,
    hint: 'lower inner_lr or outer_lr',
  });
}
