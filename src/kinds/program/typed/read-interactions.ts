import { typedOutput } from './typed-output.js';

/** Interactions that a program wrote. */
export const readInteractions = typedOutput({
  content: 'interactions',
  summary:
    'Reads interactions that a program wrote, as data.import does: CSV, JSON lines or parquet, with the columns user_id, item_id and timestamp.',
  description: 'position, user_id, item_id, timestamp (epoch seconds), in the order of the file.',
  load: () => import('./read-interactions-body.js'),
});
