import type { Failure } from '../base/failure.js';
import type { RunFailed, RunFailure } from '../run/event.js';

/** The failures as the event of a run that tells them. */
export function runFailed(failures: readonly Failure[]): RunFailed {
  return {
    event: 'run.failed',
    version: 1,
    time: new Date().toISOString(),
    failures: failuresAsData(failures),
  };
}

/** The failures as they are told in JSON; causes are left out. */
export function failuresAsData(failures: readonly Failure[]): readonly RunFailure[] {
  return failures.map(({ reason, message, location, hint, details }) => ({
    reason,
    message,
    ...(location === undefined
      ? {}
      : {
          file: location.file,
          line: location.line,
          column: location.column,
          length: location.length,
        }),
    ...(hint === undefined ? {} : { hint }),
    ...(details === undefined ? {} : { details }),
  }));
}
