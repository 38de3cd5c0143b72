import { type Failure, FailureError } from '../base/failure.js';
import { environmentFailure } from '../base/failure-of-exception.js';
import { failed, type Result } from '../base/result.js';

/**
 * What `answer` gives; an expected failure that it throws, the environment's too, becomes a value. What is thrown
 * otherwise is a bug, and goes on being thrown.
 */
export async function asValues<Value>(
  answer: () => Promise<Result<Value, Failure[]>>,
): Promise<Result<Value, Failure[]>> {
  try {
    return await answer();
  } catch (error) {
    const failure = error instanceof FailureError ? error.failure : environmentFailure(error);
    if (failure === undefined) throw error;
    return failed([failure]);
  }
}
