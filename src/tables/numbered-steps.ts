import { type Database, sqlText } from './database.js';
import { withoutWildcards } from './parquet.js';

/** What a file of a curve carries beside its rows where kshot has numbered its steps, from 1: its program names none. */
export const numberedSteps = { steps: 'numbered' } as const;

/** Those of files of curves that carry `numberedSteps`. */
export async function numberedFiles(
  database: Database,
  files: readonly string[],
): Promise<ReadonlySet<string>> {
  if (files.length === 0) return new Set();
  const paths = [...new Set(files)].map((file) => sqlText(withoutWildcards(file)));
  const found = await database.rows(
    `SELECT DISTINCT file_name FROM parquet_kv_metadata([${paths.join(', ')}])
     WHERE decode(key) = 'steps' AND decode(value) = ${sqlText(numberedSteps.steps)}`,
  );
  return new Set(found.map((row) => String(row['file_name'])));
}
