import { FailureError } from '../base/failure.js';
import { failureOfException } from '../base/failure-of-exception.js';
import { queryRows } from '../report/query-rows.js';
import { formatRows } from '../report/row-formats.js';
import type { FormattedQuery, SqlAnswer } from './run-query.js';

// The process that answers one query, so that its parent can end it at once however deep in DuckDB it is.

// Only a signal ends a process whose DuckDB threads are busy.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));

process.once('message', (request: FormattedQuery) => {
  void answer(request).then((message) => {
    process.send?.(message, () => process.disconnect());
  });
});

async function answer({ format, width, ...query }: FormattedQuery): Promise<SqlAnswer> {
  try {
    return { text: formatRows(await queryRows(query), format, width) };
  } catch (error) {
    const { cause: _, ...failure } = failureOfException(error);
    return { failure: error instanceof FailureError ? failure : { ...failure, details: [] } };
  }
}
