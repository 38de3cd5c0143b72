import { type DatabaseOptions, sqlText, withDatabase } from '../../tables/database.js';
import { parquetFile } from '../../tables/parquet.js';

/** How a program finds the tables among its inputs: as kshot keeps them, or in a form that any language reads. */
export type TableForm = 'parquet' | 'jsonl' | 'csv';

const copyOptions = { jsonl: 'FORMAT json', csv: 'FORMAT csv, HEADER true' };

/** Writes parquet files, in the order of their rows, in another form; a list is JSON, in a cell of csv too. */
export async function convertTables(
  files: readonly { readonly source: string; readonly target: string }[],
  form: Exclude<TableForm, 'parquet'>,
  options: DatabaseOptions,
): Promise<void> {
  if (files.length === 0) return;
  await withDatabase(options, async (database) => {
    for (const { source, target } of files) {
      await database.run(`COPY (FROM ${parquetFile(source)}) TO ${sqlText(target)} (${copyOptions[form]})`);
    }
  });
}
