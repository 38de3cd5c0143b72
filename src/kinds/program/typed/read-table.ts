import { typedOutput } from './typed-output.js';

/** A table that a program wrote. */
export const readTable = typedOutput({
  content: 'table',
  summary: 'Reads a table that a program wrote: CSV, JSON lines, a JSON array of objects, or parquet.',
  description: 'The table as parquet, in its order.',
  load: () => import('./read-table-body.js'),
});
