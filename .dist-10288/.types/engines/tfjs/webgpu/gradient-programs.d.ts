import { type Dialect, type Program } from './program.js';
/** `Wih * x + bih` of each slot's item, and the items' rows of the embedding. */
export declare function inputProgram(form: Dialect): Program;
/** The derivative of `inputProgram` along a direction. */
export declare function inputTangentProgram(form: Dialect): Program;
/** The direction's recurrent matrix and bias on the states before each row. */
export declare function recurrentTangentProgram(form: Dialect): Program;
/** The direction's recurrent matrix, transposed, on the derivatives of each row's recurrent sums. */
export declare function beforeTangentProgram(form: Dialect): Program;
/**
 * The gradient by all weights but the embedding's: each thread adds up one block of one vector over the vector's rows
 * or pairs, in their order. With `tangent`, what a Hessian-vector product takes from `derivative`.
 */
export declare function denseProgram(form: Dialect, tangent: boolean): Program;
/** The gradient by the slots' rows of the embedding; with `tangent` as in `denseProgram`. */
export declare function embeddingProgram(form: Dialect, tangent: boolean): Program;
