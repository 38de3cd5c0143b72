import { FailureError } from '../base/failure.js';
import { failureOfException } from '../base/failure-of-exception.js';
import { queryRows } from '../report/query-rows.js';
import { formatPieces } from '../report/row-formats.js';
import type { FormattedQuery, SqlAnswer } from './run-query.js';

// The process that answers one query, with text on its stdout, so that its parent can end it at once however deep in DuckDB it is.

// Only a signal ends a process whose DuckDB threads are busy.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));

process.once('message', (request: FormattedQuery) => {
  void answer(request).then((message) => {
    process.send?.(message, () => process.disconnect());
  });
});

/** Resolves when the parent has taken the text, so that no more of it is made than is read. */
function write(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => (error ? reject(error) : resolve()));
  });
}

async function answer({ format, width, ...query }: FormattedQuery): Promise<SqlAnswer> {
  try {
    await queryRows(query, async ({ columns, pieces }) => {
      for await (const text of formatPieces(columns, pieces, format, width)) await write(text);
    });
    return {};
  } catch (error) {
    const { cause: _, ...failure } = failureOfException(error);
    return { failure: error instanceof FailureError ? failure : { ...failure, details: [] } };
  }
}
