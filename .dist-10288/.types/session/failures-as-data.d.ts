import type { Failure } from '../base/failure.js';
import type { RunFailed, RunFailure } from '../run/event.js';
/** The failures as the event of a run that tells them. */
export declare function runFailed(failures: readonly Failure[]): RunFailed;
/** The failures as they are told in JSON; causes are left out. */
export declare function failuresAsData(failures: readonly Failure[]): readonly RunFailure[];
