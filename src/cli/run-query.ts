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

/** What the process that answers a query sends back. */
export type SqlAnswer = { readonly text: string } | { readonly failure: Failure };

/**
 * Answers a query in a process of its own, which is killed when the time is up; nothing of a query outlives it.
 * The process sees neither this one's environment nor its streams.
 */
export function runQuery(query: FormattedQuery, timeoutSeconds: number): Promise<Result<string, Failure>> {
  return new Promise((resolve) => {
    const child = fork(fileURLToPath(new URL('./sql-child.js', import.meta.url)), {
      env: {},
      execArgv: [],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    let late = false;
    let answer: SqlAnswer | undefined;
    const timer = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
    }, timeoutSeconds * 1000);
    child.once('message', (message: SqlAnswer) => {
      answer = message;
    });
    child.once('error', (error) => {
      answer ??= {
        failure: { reason: 'disk', message: `the query's process did not start: ${error.message}` },
      };
    });
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      if (late && answer === undefined) {
        resolve(
          failed({
            reason: 'sql-timeout',
            message: `the query took longer than ${timeoutSeconds} s`,
            hint: 'make it smaller, or give it longer with --timeout SECONDS',
          }),
        );
      } else if (answer === undefined) {
        resolve(
          failed({
            reason: 'sql-failed',
            message: `the query's process ended by ${signal ?? `exit code ${code}`}`,
            hint: 'it may have run out of memory; ask for fewer rows or columns',
          }),
        );
      } else resolve('failure' in answer ? failed(answer.failure) : success(answer.text));
    });
    child.send(query, () => undefined);
  });
}
