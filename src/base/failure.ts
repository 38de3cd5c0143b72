/** Where in a source file something stands; lines and columns start at 1. */
export interface Location {
  /** Path as the user would write it. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** How many characters the caret underlines, at least 1. */
  readonly length: number;
  /** The whole text of the line, for the caret to point into. */
  readonly lineText: string;
}

/**
 * Every expected way in which kshot can fail. The names are stable: scripts may match on them.
 * Grouped by the exit code that they lead to (see `exitCodeOf`).
 */
export type FailureReason =
  // 1: a step failed, or a bad object was found
  | 'step-failed'
  | 'step-timeout'
  | 'worker-crashed'
  | 'worker-killed'
  | 'step-out-of-memory'
  | 'job-cancelled'
  | 'output-missing'
  | 'not-deterministic'
  | 'object-corrupt'
  | 'bad-data'
  | 'not-finite'
  // 2: usage, pipeline or SQL
  | 'usage'
  | 'file-not-found'
  | 'file-too-large'
  | 'yaml-syntax'
  | 'yaml-alias-bomb'
  | 'unknown-key'
  | 'missing-key'
  | 'invalid-value'
  | 'unknown-kind'
  | 'unknown-step'
  | 'unknown-port'
  | 'unknown-parameter'
  | 'unknown-engine'
  | 'unknown-path'
  | 'missing-input'
  | 'wrong-port'
  | 'ambiguous-port'
  | 'length-mismatch'
  | 'setting-twice'
  | 'cycle'
  | 'extends-loop'
  | 'sql-refused'
  | 'sql-failed'
  | 'sql-timeout'
  | 'no-results'
  // 3: a guard refused
  | 'test-leak'
  | 'undeclared-file'
  // 36: the environment
  | 'disk'
  | 'device-unavailable'
  | 'device-out-of-memory'
  | 'device-lost'
  | 'engine-unavailable'
  | 'cache-unwritable'
  | 'claim-lost'
  | 'lock-foreign'
  | 'remote-unavailable'
  | 'opener-missing'
  | 'package-missing'
  | 'tracer-unavailable'
  | 'job-refused'
  | 'worker-mismatch'
  // 37: a bug in kshot
  | 'bug';

/** An expected failure, as a value. */
export interface Failure {
  readonly reason: FailureReason;
  /** One sentence that names what is wrong. */
  readonly message: string;
  readonly location?: Location;
  /** What to write or do instead. */
  readonly hint?: string;
  /** Further lines, such as a path through the graph or the last lines of a log. */
  readonly details?: readonly string[];
  readonly cause?: unknown;
}

/** A failure that travels as an exception, where a `Result` cannot: out of a kind, through a promise. */
export class FailureError extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message, failure.cause === undefined ? undefined : { cause: failure.cause });
    this.name = 'FailureError';
    this.failure = failure;
  }
}
