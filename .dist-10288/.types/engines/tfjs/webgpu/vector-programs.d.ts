import { type Dialect, type Program } from './program.js';
/** `expression` of `first`, `second` (which may be one for all vectors) and `third` at each place. */
export declare function elementwiseProgram(form: Dialect, name: string, operands: readonly ('first' | 'second' | 'third')[], expression: string): Program;
/** One vector for all from `flat`, which is laid out by `parameterLayout`. */
export declare function packProgram(form: Dialect): Program;
/** The sum over vectors, in their order, laid out by `parameterLayout` after the embedding; then the slots' rows. */
export declare function sumProgram(form: Dialect): Program;
/**
 * Sums of squares of `first` and of its distance from `second`, of each of the six tensors after the embedding in the
 * order of `parameterLayout` and of each slot's row: a workgroup for each.
 */
export declare function squaresProgram(form: Dialect): Program;
