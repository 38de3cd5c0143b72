import { type Dialect, type Program } from './program.js';
/** Loss, softmax (kept in `numbers`), and the derivative by the states at the ends. */
export declare function headProgram(form: Dialect): Program;
/** The derivative of `headProgram` along a direction: of the logits' derivatives, kept in `tangentNumbers`, and on. */
export declare function headTangentProgram(form: Dialect): Program;
/** The rank of each pair's label among the logits, in `ranks`. */
export declare function rankProgram(form: Dialect): Program;
