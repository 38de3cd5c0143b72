import type { Failure, FailureReason } from './failure.js';
/**
 * The exit code that a failure leads to: 1 a step failed or a bad object was found, 2 usage, pipeline or SQL,
 * 3 a guard refused, 36 the environment, 37 a bug in kshot.
 */
export declare function exitCodeOf(reason: FailureReason): number;
/** The largest exit code among failures; 0 where there are none. */
export declare function largestExitCode(failures: Iterable<Pick<Failure, 'reason'>>): number;
