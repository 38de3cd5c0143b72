import type { Parameters } from '../engines/engine.js';
/** Parameters under training, and what their optimizer keeps of the steps before; all `[parameters]`, of one precision. */
export interface OptimizerState {
    /** Steps taken so far. */
    readonly step: number;
    readonly parameters: Parameters;
    /** By the names under which a stored state holds them, e.g. Adam's `first_moment`. */
    readonly slots: {
        readonly [name: string]: Parameters;
    };
}
/** Moves parameters against their gradients. Both functions are pure; rates and such are fixed when one is made. */
export interface Optimizer {
    /** The state before the first step. */
    init(parameters: Parameters): OptimizerState;
    /** One step; computes in float64 and rounds to the precision of the state. */
    update(state: OptimizerState, gradient: Parameters): OptimizerState;
}
/** Moves parameter `i` by itself; `slots` are the optimizer's vectors, in the order of their names, to be written to. */
type Move = (parameters: Parameters, gradient: Parameters, slots: readonly Parameters[], step: number) => void;
/** An optimizer whose vectors start at 0, from what it does at a step (from 1) with copies of them. */
export declare function optimizerOf(names: readonly string[], move: Move): Optimizer;
export {};
