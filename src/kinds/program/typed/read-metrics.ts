import { typedOutput } from './typed-output.js';

/** The metrics that a program measured. */
export const readMetrics = typedOutput({
  content: 'metrics',
  summary:
    'Reads metrics that a program wrote: a JSON object of numbers; or rows (a JSON array, JSON lines, CSV, parquet) with the columns metric and value, and where there are any n, low and high. All other columns are settings.',
  description: 'A row for each metric and setting.',
  load: () => import('./read-metrics-body.js'),
});
