import { FailureError } from '../../base/failure.js';
/** A failure that says what is wrong with a checkpoint. */
export declare function malformed(source: string, problem: string): FailureError;
