import type { Failure, FailureReason } from './failure.js';

/**
 * The exit code that a failure leads to: 1 a step failed or a bad object was found, 2 usage, pipeline or SQL,
 * 3 a guard refused, 36 the environment, 37 a bug in kshot.
 */
export function exitCodeOf(reason: FailureReason): number {
  switch (reason) {
    case 'step-failed':
    case 'step-timeout':
    case 'worker-crashed':
    case 'worker-killed':
    case 'step-out-of-memory':
    case 'job-cancelled':
    case 'output-missing':
    case 'not-deterministic':
    case 'object-corrupt':
    case 'bad-data':
    case 'not-finite':
      return 1;
    case 'usage':
    case 'file-not-found':
    case 'file-too-large':
    case 'yaml-syntax':
    case 'yaml-alias-bomb':
    case 'unknown-key':
    case 'missing-key':
    case 'invalid-value':
    case 'unknown-kind':
    case 'unknown-step':
    case 'unknown-port':
    case 'unknown-parameter':
    case 'unknown-engine':
    case 'unknown-path':
    case 'missing-input':
    case 'wrong-port':
    case 'ambiguous-port':
    case 'length-mismatch':
    case 'setting-twice':
    case 'cycle':
    case 'extends-loop':
    case 'sql-refused':
    case 'sql-failed':
    case 'sql-timeout':
    case 'no-results':
      return 2;
    case 'test-leak':
    case 'undeclared-file':
      return 3;
    case 'disk':
    case 'device-unavailable':
    case 'device-out-of-memory':
    case 'device-lost':
    case 'engine-unavailable':
    case 'cache-unwritable':
    case 'claim-lost':
    case 'lock-foreign':
    case 'remote-unavailable':
    case 'opener-missing':
    case 'package-missing':
    case 'tracer-unavailable':
    case 'job-refused':
    case 'worker-mismatch':
      return 36;
    case 'bug':
      return 37;
  }
}

/** The largest exit code among failures; 0 where there are none. */
export function largestExitCode(failures: Iterable<Pick<Failure, 'reason'>>): number {
  let largest = 0;
  for (const failure of failures) largest = Math.max(largest, exitCodeOf(failure.reason));
  return largest;
}
