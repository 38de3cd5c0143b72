import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Failure } from '../../base/failure.js';
import type { Query } from '../../report/query-rows.js';
import type { RowFormat } from '../../tables/row-formats.js';

/** A query, and how its rows are printed. */
export interface FormattedQuery extends Query {
  readonly format: RowFormat;
  /** Columns that a table may take; absent where there is no limit. */
  readonly width?: number;
  /** In the place of text: the path, where nothing is yet, that the rows are written to as parquet. */
  readonly parquet?: string;
}

/** What the process that answers a query sends when it has written all that it will. */
export interface QueryEnd {
  readonly failure?: Failure;
}

/** Starts a process that answers one query; it sees neither this one's environment nor its streams. */
export function startQueryProcess(): ChildProcess {
  const child = fork(fileURLToPath(new URL('./query-process.js', import.meta.url)), {
    env: {},
    execArgv: [],
    stdio: ['ignore', 'pipe', 'ignore', 'ipc'],
  });
  // Told where its answer is waited for.
  child.on('error', () => undefined);
  return child;
}

/**
 * Answers a query in a process of its own, which is killed when the time is up; nothing of a query outlives it.
 *
 * @param child a process that was just started
 * @param timeoutSeconds what the query may take; the time that `output` takes is not counted
 * @param output is given the text of the rows, piece by piece; answers false where no more is wanted, which ends the query
 */
export async function runQuery(
  child: ChildProcess,
  query: FormattedQuery,
  timeoutSeconds: number,
  output: (text: string) => Promise<boolean>,
): Promise<QueryEnd> {
  const ended = endOf(child);
  const clock = startClock(timeoutSeconds, () => child.kill('SIGKILL'));
  child.send(query, () => undefined);
  child.stdout?.setEncoding('utf8');
  let isWanted = true;
  for await (const text of child.stdout ?? []) {
    clock.pause();
    isWanted = await output(String(text));
    if (!isWanted) break;
    clock.goOn();
  }
  if (!isWanted) child.kill('SIGKILL');
  const end = await ended;
  clock.pause();
  if (!isWanted) return {};
  return end.failure !== undefined && clock.isUp() ? { failure: timeout(timeoutSeconds) } : end;
}

function timeout(timeoutSeconds: number): Failure {
  return {
    reason: 'sql-timeout',
    message: `the query took longer than ${timeoutSeconds} s`,
    hint: 'make it smaller, or give it longer with --timeout SECONDS',
  };
}

/** What a process says of its end, or its end of it. */
function endOf(child: ChildProcess): Promise<QueryEnd> {
  return new Promise((resolve) => {
    let end: QueryEnd | undefined;
    child.once('message', (message: QueryEnd) => {
      end = message;
    });
    child.once('error', (error) => {
      const message = `the query's process did not start: ${error.message}`;
      end ??= { failure: { reason: 'disk', message } };
    });
    child.once('close', (code, signal) => {
      const message = `the query's process ended by ${signal ?? `exit code ${code}`}`;
      const hint = 'it may have run out of memory; ask for fewer rows or columns';
      resolve(end ?? { failure: { reason: 'sql-failed', message, hint } });
    });
  });
}

interface Clock {
  pause(): void;
  goOn(): void;
  /** Whether the time was up. */
  isUp(): boolean;
}

/** Calls `whenUp` once so many seconds have passed, those of pauses not counted. */
function startClock(seconds: number, whenUp: () => void): Clock {
  let millisecondsLeft = seconds * 1000;
  let wasUp = false;
  let since = 0;
  let timer: NodeJS.Timeout | undefined;
  const goOn = () => {
    since = performance.now();
    timer = setTimeout(() => {
      wasUp = true;
      whenUp();
    }, millisecondsLeft);
  };
  goOn();
  return {
    pause() {
      clearTimeout(timer);
      millisecondsLeft = Math.max(0, millisecondsLeft - (performance.now() - since));
    },
    goOn,
    isUp: () => wasUp,
  };
}
