import { type Dialect, type Program } from './program.js';
/** What is kept of each row, each `hiddenBlocks` long; the last three thirds of `recurrentSums` are one row of gates. */
export declare const planes: {
    readonly reset: 0;
    readonly update: 1;
    readonly candidate: 2;
    /** The candidate's third of `Whh * before + bhh`. */
    readonly recurrent: 3;
    readonly state: 4;
    /** Derivatives by the sums that go into the gates: by that of the candidate from the input, then by the recurrent ones. */
    readonly candidateSum: 5;
    readonly resetSum: 6;
    readonly updateSum: 7;
    readonly recurrentSum: 8;
    /** By the state (in the tangents: what the state's derivative gives to the one before, without the product). */
    readonly stateDerivative: 9;
    /** By the state before. */
    readonly before: 10;
};
export declare const planeCount = 11;
/**
 * Forward pass. With `tangent`, its derivative along a direction: what does not depend on the states' own tangents
 * (`inputSums` and `recurrent` of `numbers`) has been worked out for all rows at once, so that the walk reads only one
 * matrix, as the pass itself does.
 */
export declare function forwardProgram(form: Dialect, tangent: boolean): Program;
/**
 * Backward pass from the derivatives at the pairs' ends. With `tangent`, its derivative along a direction; the product
 * with the direction's own matrix stands in plane `before` already.
 */
export declare function backwardProgram(form: Dialect, tangent: boolean): Program;
