import { type Failure } from '../base/failure.js';
import { type Result } from '../base/result.js';
/**
 * What `answer` gives; an expected failure that it throws, the environment's too, becomes a value. What is thrown
 * otherwise is a bug, and goes on being thrown.
 */
export declare function asValues<Value>(answer: () => Promise<Result<Value, Failure[]>>): Promise<Result<Value, Failure[]>>;
