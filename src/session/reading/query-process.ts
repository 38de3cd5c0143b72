import { FailureError } from '../../base/failure.js';
import { failureOfException } from '../../base/failure-of-exception.js';
import type { FormattedQuery, QueryEnd } from './run-query.js';

// The process that answers one query, so that its parent can end it at once however deep in DuckDB it is. The text goes
// to stdout, which the parent reads; how it ended is a message.

// Only a signal ends a process whose DuckDB threads are busy.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));

// Begun at once; where it fails, the answer says why.
const modules = Promise.all([import('../../report/query-rows.js'), import('../../tables/row-formats.js')]);
modules.catch(() => undefined);

process.once('message', (request: FormattedQuery) => {
  void answer(request).then((end) => {
    process.send?.(end, () => process.disconnect());
  });
});

async function answer({ format, width, parquet, ...query }: FormattedQuery): Promise<QueryEnd> {
  try {
    const [{ queryRows, writeQueryParquet }, { rowWriter }] = await modules;
    if (parquet !== undefined) {
      await writeQueryParquet(query, parquet);
      return {};
    }
    const writer = rowWriter(format, width);
    for await (const batch of queryRows(query)) await write(writer.add(batch));
    await write(writer.end());
    return {};
  } catch (error) {
    const { cause: _, ...failure } = failureOfException(error);
    return { failure: error instanceof FailureError ? failure : { ...failure, details: [] } };
  }
}

/** Resolves when the reader can take more. */
function write(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => (error ? reject(error) : resolve()));
  });
}
