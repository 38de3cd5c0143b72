import type { Parameters } from '../../engines/engine.js';
import type { Optimizer, OptimizerState } from '../../learning/optimizer.js';
import { type Iteration } from '../../learning/training-state.js';
import type { KindContext } from '../kind.js';
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
/**
 * Trains from where this node was interrupted, else from the state at port `previous`, else from the beginning, and
 * writes the ports `state` and `history`; how often it was interrupted changes no byte.
 *
 * @returns the state at the segment's end
 */
export declare function trainSegment(context: KindContext, segment: TrainingSegment): Promise<OptimizerState>;
