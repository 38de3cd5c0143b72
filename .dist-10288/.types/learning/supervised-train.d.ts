import type { PairSet } from '../data/pair-set.js';
import type { Engine } from '../engines/engine.js';
import type { Optimizer, OptimizerState } from './optimizer.js';
import type { Iteration } from './training-state.js';
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
export declare function createBatches(pairs: PairSet, size: number, seed: number): Batches;
/**
 * One step on the mean loss of a batch. A pure function of its arguments.
 *
 * @param trained as long as the parameters, 0 for what stays as it is; all are trained where undefined
 * @throws FailureError `not-finite`, naming the iteration (from 1), where the loss or the gradient is NaN or infinite
 */
export declare function supervisedIteration(engine: Engine, state: OptimizerState, batch: PairSet, optimizer: Optimizer, trained?: ArrayLike<number> | undefined): Promise<Iteration>;
