/** How a run ended: one without a record is `running`, or was `killed` before it could write one. */
export type RunEnding = 'done' | 'failed' | 'cancelled' | 'killed' | 'running';

/** How a run that wrote its record ended. */
export function endingOf(exitCode: number): RunEnding {
  if (exitCode === 0) return 'done';
  return exitCode >= 128 ? 'cancelled' : 'failed';
}
