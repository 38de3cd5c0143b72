import type { Failure, FailureReason } from './failure.js';

const codes: { readonly [reason in FailureReason]: number } = {
  'step-failed': 1,
  'step-timeout': 1,
  'worker-crashed': 1,
  'output-missing': 1,
  'not-deterministic': 1,
  'object-corrupt': 1,
  'bad-data': 1,
  'not-finite': 1,
  usage: 2,
  'file-not-found': 2,
  'file-too-large': 2,
  'yaml-syntax': 2,
  'yaml-alias-bomb': 2,
  'unknown-key': 2,
  'missing-key': 2,
  'invalid-value': 2,
  'unknown-kind': 2,
  'unknown-step': 2,
  'unknown-port': 2,
  'unknown-parameter': 2,
  'unknown-engine': 2,
  'unknown-path': 2,
  'missing-input': 2,
  'wrong-port': 2,
  'ambiguous-port': 2,
  'length-mismatch': 2,
  'setting-twice': 2,
  cycle: 2,
  'extends-loop': 2,
  'sql-refused': 2,
  'sql-failed': 2,
  'sql-timeout': 2,
  'no-results': 2,
  'test-leak': 3,
  'undeclared-file': 3,
  disk: 36,
  'device-unavailable': 36,
  'engine-unavailable': 36,
  'cache-unwritable': 36,
  'lock-foreign': 36,
  bug: 37,
};

/**
 * The exit code of a failure: 1 a step failed or a bad object, 2 usage, pipeline or SQL, 3 a guard refused,
 * 36 the environment, 37 a bug in kshot.
 */
export function exitCodeOf(failure: Pick<Failure, 'reason'>): number {
  return codes[failure.reason];
}

/** The exit code of several failures: the largest; 0 for none. */
export function exitCodeOfAll(failures: readonly Pick<Failure, 'reason'>[]): number {
  return failures.reduce((largest, failure) => Math.max(largest, exitCodeOf(failure)), 0);
}
