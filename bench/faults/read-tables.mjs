// Reads parquet files one after the other, as kinds read a user's, and tells its parent how each went.
import { FailureError } from '../../dist/base/failure.js';
import { readingUserFile } from '../../dist/tables/bad-data.js';
import { withDatabase } from '../../dist/tables/database.js';
import { parquetFile } from '../../dist/tables/parquet.js';

for (const file of process.argv.slice(2)) {
  const answer = await withDatabase({ threads: 1, memoryBytes: 2 ** 30 }, async (database) => {
    try {
      await readingUserFile(file, 'a table', () =>
        database.rows(`SELECT count(*), max(hash(COLUMNS(*))) FROM ${parquetFile(file)}`),
      );
      return { outcome: 'read' };
    } catch (error) {
      if (error instanceof FailureError) return { outcome: `refused: ${error.failure.reason}` };
      return { outcome: 'threw', flaw: String(error?.stack ?? error).slice(0, 500) };
    }
  });
  await new Promise((resolve) => process.send({ file, ...answer }, resolve));
}
process.disconnect();
