import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Failure } from '../base/failure.js';
import { failed, type Result, success } from '../base/result.js';
import type { Query } from '../report/query-rows.js';
import type { RowFormat } from '../report/row-formats.js';

/** A query, and how its rows are printed. */
export interface FormattedQuery extends Query {
  readonly format: RowFormat;
  /** Columns that a table may take; absent where there is no limit. */
  readonly width?: number;
}

/** What the process that answers a query sends back when it has written all rows, or fails. */
export interface SqlAnswer {
  readonly failure?: Failure;
}

/**
 * Answers a query in a process of its own, which is killed when the time is up; nothing of a query outlives it.
 * The process sees neither this one's environment nor its streams.
 *
 * @param write takes a piece of the rows as text, as soon as there is one; false where nobody reads any more, which
 *   ends the query without a failure
 * @param timeoutSeconds time for the query, not counting what `write` takes
 */
export async function runQuery(
  query: FormattedQuery,
  write: (piece: Buffer) => Promise<boolean>,
  timeoutSeconds: number,
): Promise<Result<undefined, Failure>> {
  const child = fork(fileURLToPath(new URL('./sql-child.js', import.meta.url)), {
    env: {},
    execArgv: [],
    stdio: ['ignore', 'pipe', 'ignore', 'ipc'],
  });
  let answer: SqlAnswer | undefined;
  child.once('message', (message: SqlAnswer) => {
    answer = message;
  });
  child.once('error', (error) => {
    answer ??= {
      failure: { reason: 'disk', message: `the query's process did not start: ${error.message}` },
    };
  });
  const closed = new Promise<string>((resolve) => {
    child.once('close', (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
  const limit = timeLimit(timeoutSeconds * 1000, () => child.kill('SIGKILL'));
  child.send(query, () => undefined);
  for await (const piece of child.stdout ?? []) {
    limit.pause();
    if (!(await write(piece as Buffer))) {
      child.kill('SIGKILL');
      return success(undefined);
    }
    limit.resume();
  }
  const ending = await closed;
  limit.pause();
  if (answer !== undefined) return answer.failure ? failed(answer.failure) : success(undefined);
  if (limit.isOver()) {
    return failed({
      reason: 'sql-timeout',
      message: `the query took longer than ${timeoutSeconds} s`,
      hint: 'make it smaller, or give it longer with --timeout SECONDS',
    });
  }
  return failed({
    reason: 'sql-failed',
    message: `the query's process ended by ${ending}`,
    hint: 'it may have run out of memory; ask for fewer rows or columns',
  });
}

/** Calls `end` once when that many milliseconds have passed, those between `pause` and `resume` not counted. */
function timeLimit(milliseconds: number, end: () => void) {
  let left = milliseconds;
  let since = 0;
  let over = false;
  let timer: NodeJS.Timeout;
  const resume = () => {
    since = performance.now();
    timer = setTimeout(() => {
      over = true;
      end();
    }, left);
  };
  resume();
  return {
    isOver: () => over,
    pause() {
      clearTimeout(timer);
      left = Math.max(0, left - (performance.now() - since));
    },
    resume,
  };
}
