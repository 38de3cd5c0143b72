import type { PartialState } from '../../kinds/kind.js';
/**
 * Resumable state in one file, replaced as a whole: a killed process leaves the latest complete one. Its sha256 stands
 * before it: a state that a disk has changed would be gone on from to a wrong result.
 */
export declare function partialStateIn(file: string): PartialState;
