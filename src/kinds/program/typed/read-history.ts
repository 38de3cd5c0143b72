import { typedOutput } from './typed-output.js';

/** The curve of a program's training. */
export const readHistory = typedOutput({
  content: 'history',
  summary:
    'Reads the curve of a training that a program wrote: rows (JSON lines, a JSON array, CSV, parquet) with the columns step, name and value; or with a column step, iteration or epoch beside columns of numbers.',
  description: 'A row for each step, a column for each value.',
  load: () => import('./read-history-body.js'),
});
