import { type Failure } from './failure.js';
/**
 * The failure that a system error stands for; undefined where the error is no fault of the environment.
 *
 * @param doing what could not be done, such as `publishing 4f5a`; the file is told besides
 */
export declare function environmentFailure(error: unknown, doing?: string): Failure | undefined;
/** Throws the error as the failure that it stands for, if it does; else as it is. */
export declare function rethrowAsFailure(error: unknown, doing: string): never;
/**
 * The failure that an exception stands for: its own, or the environment's, or else a bug in kshot. Only for a bug
 * is the stack shown, for the report.
 */
export declare function failureOfException(error: unknown): Failure;
