import { FailureError } from '../base/failure.js';
import { randomStream } from '../base/random.js';
import type { PairSet } from '../data/pair-set.js';
import { selectPairs } from '../data/read-episodes.js';
import type { Engine } from '../engines/engine.js';
import { clearUntrained, normOf } from './clip-gradient.js';
import type { Optimizer, OptimizerState } from './optimizer.js';
import { hintOfDivergence, type Iteration } from './training-state.js';

export interface Batches {
  /** The last one of an epoch may be smaller. */
  readonly perEpoch: number;
  /** The batch of any iteration, counted from 0 over all epochs. */
  batch(iteration: number): PairSet;
}

/**
 * All pairs once in every epoch, shuffled anew for each, cut into batches. What an iteration gets depends on the
 * pairs, the size, the seed and the iteration alone.
 *
 * @throws FailureError `bad-data` where there is no pair
 */
export function createBatches(pairs: PairSet, size: number, seed: number): Batches {
  const count = pairs.labels.length;
  if (count === 0) {
    throw new FailureError({
      reason: 'bad-data',
      message: 'there is no pair to learn from',
      hint: 'give the training split more users',
    });
  }
  const perEpoch = Math.ceil(count / size);
  let shuffled = { epoch: -1, order: [] as readonly number[] };
  return {
    perEpoch,
    batch(iteration) {
      const epoch = Math.floor(iteration / perEpoch);
      if (shuffled.epoch !== epoch) {
        const inOrder = Array.from({ length: count }, (_, pair) => pair);
        shuffled = { epoch, order: randomStream(seed, 'batches', epoch).shuffle(inOrder) };
      }
      const from = (iteration % perEpoch) * size;
      return selectPairs(pairs, shuffled.order.slice(from, from + size));
    },
  };
}

/**
 * One step on the mean loss of a batch, in the vectors of `state`; a function of its arguments alone.
 *
 * @param trained as long as the parameters, 0 for what stays as it is; all are trained where undefined
 * @param seedOf as in `MetaTraining`
 * @throws FailureError `not-finite`, naming the iteration (from 1), where the loss or the gradient is NaN or infinite
 */
export async function supervisedIteration(
  engine: Engine,
  state: OptimizerState,
  batch: PairSet,
  optimizer: Optimizer,
  trained?: ArrayLike<number> | undefined,
  seedOf?: (iteration: number) => number,
): Promise<Iteration> {
  const { loss, gradient } = await engine.lossGradient(state.parameters, batch, seedOf?.(state.step));
  clearUntrained(gradient, trained);
  const gradientNorm = normOf(gradient);
  if (!Number.isFinite(loss) || !Number.isFinite(gradientNorm)) {
    throw new FailureError({
      reason: 'not-finite',
      message: `training diverged: at iteration ${state.step + 1} the loss is ${loss} and the gradient's norm ${gradientNorm}`,
      hint: hintOfDivergence('learning_rate', seedOf),
    });
  }
  return { state: optimizer.update(state, gradient, engine.adamStep), loss, gradientNorm };
}
