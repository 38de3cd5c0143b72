import type { Engine, MetaHyper } from '../engines/engine.js';
import type { Optimizer, OptimizerState } from './optimizer.js';
import type { DrawnTask } from './sample-tasks.js';
import type { Iteration } from './training-state.js';
/** The outer loop's settings; the inner loop's are the engine's. */
export interface MetaTraining {
    /**
     * With `learnRates` the state's vector is the parameters followed by one inner rate for each (Meta-SGD: Li, Zhou,
     * Chen and Li, 2017), which takes the place of `innerRates`; one optimizer trains both.
     */
    readonly hyper: MetaHyper;
    /** As long as the state's vector: 0 for what stays as it is. All of it is trained where undefined. */
    readonly trained?: ArrayLike<number> | undefined;
    readonly optimizer: Optimizer;
    /** Largest Euclidean norm of the mean gradient. */
    readonly clipNorm: number;
}
/**
 * One step of the outer loop: the meta-gradient over `drawn`, clipped, into the optimizer. A pure function of its arguments.
 *
 * @throws FailureError `not-finite`, naming the iteration (from 1) and the user, where a loss or the gradient is NaN
 * or infinite
 */
export declare function metaIteration(engine: Engine, state: OptimizerState, drawn: readonly DrawnTask[], training: MetaTraining): Promise<Iteration>;
