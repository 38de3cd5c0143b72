import { readFileSync } from 'node:fs';
import { own } from '../../../base/own-properties.js';
import { badData, readingUserFile } from '../../../tables/bad-data.js';
import { withDatabase } from '../../../tables/database.js';
import { parquetFile, writeParquet, writeRowsParquet } from '../../../tables/parquet.js';
import type { KindContext } from '../../kind-body.js';
import { filePath, inputTree } from '../../ports.js';
import { columnsTyped } from './column-types.js';
import { readWritten, refuseColumns } from './read-rows.js';
import type { TypedOutputParameters } from './typed-output.js';

const hint = 'write CSV with a header, JSON lines, a JSON array of objects, or parquet';

/** Writes the port: the rows in the order of the file. */
export async function run(context: KindContext<TypedOutputParameters>): Promise<void> {
  const { path, port } = context.parameters;
  const file = filePath(inputTree(context, 'file'));
  const target = context.output(port);
  // One thread writes rows as they stand, to the same bytes.
  const options = { ...context, threads: 1 };
  if (readFileSync(file).subarray(0, 4).toString('latin1') === 'PAR1') {
    await readingUserFile(path, 'it is damaged or cut off: have the program close it', () =>
      withDatabase(options, async (database) => {
        await refuseColumns(database, file, path);
        await writeParquet(database, {
          query: `FROM ${parquetFile(file)}`,
          orderBy: 'as it stands',
          path: target,
        });
      }),
    );
    return;
  }
  const written = await readWritten(file, path, context);
  if (written.type === 'object') throw badData(path, 'is one JSON object, and no rows', { hint });
  const { types, rows } = columnsTyped(written.rows, written.isText, [], path);
  // In the order of the file.
  const columns = written.columns.map((name) => [name, own(types, name) ?? 'VARCHAR'] as const);
  if (columns.length === 0) throw badData(path, 'has no columns', { hint });
  await withDatabase(options, (database) =>
    writeRowsParquet(database, {
      columns: Object.fromEntries(columns),
      rows,
      orderBy: 'as it stands',
      path: target,
    }),
  );
}
