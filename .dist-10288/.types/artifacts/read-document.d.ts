import { type Failure } from '../base/failure.js';
/**
 * The JSON file of a run's folder; undefined where there is none.
 *
 * @throws FailureError `object-corrupt` where it holds something else than kshot wrote.
 */
export declare function readDocument(file: string): unknown;
/** A file of a run's folder that is not what kshot wrote. */
export declare function spoiltFile(file: string, cause?: unknown): Failure;
