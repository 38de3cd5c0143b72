import type { KindContext } from '../kind.js';
import type { ProgramParameters } from './program-parameters.js';
/** Runs the program in the node's scratch folder and moves what it wrote to the output ports. */
export declare function run(context: KindContext<ProgramParameters>): Promise<void>;
