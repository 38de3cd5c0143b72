import type { Failure } from '../base/failure.js';
/** What a body is told that is to end because the run does, and what becomes of what did not start. */
export declare const runCancelled: Failure;
