import type { Objection, PlannedStep, StepShape, UndeclaredFile } from '../kind.js';
import { type Launch } from './launch.js';
import { type ProgramGiven } from './program-parameters.js';
/** Where words stand that a user wrote: under which parameter. */
export interface WrittenWords {
    readonly parameter: string;
    readonly words: readonly string[];
}
/** What is wrong with a program whichever way it is started. */
export declare function checkProgram({ parameters, inputNames, files }: PlannedStep<ProgramGiven>, written: WrittenWords, launch: Launch): readonly Objection[];
/**
 * Files inside the root that a word or a param names, itself or after `=`, and that are neither declared under `files`
 * nor an input or output of the step.
 *
 * @param isKnown whether a file is known by other means
 */
export declare function undeclaredFiles({ parameters, inputNames }: StepShape<ProgramGiven>, { argv }: Launch, root: string, isKnown?: (path: string) => boolean): readonly UndeclaredFile[];
