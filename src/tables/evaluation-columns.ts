/**
 * Columns of a file of metrics, long: one row a setting and metric, over `n` query pairs of so many users; `low` and
 * `high` end its 95 % interval.
 */
export const metricColumns = {
  k: 'INTEGER',
  steps: 'INTEGER',
  inner_lr: 'DOUBLE',
  metric: 'VARCHAR',
  value: 'DOUBLE',
  low: 'DOUBLE',
  high: 'DOUBLE',
  n: 'BIGINT',
  users: 'BIGINT',
} as const;

/** Columns of a file of ranks: one row a setting and query pair; rank 1 is best. */
export const rankColumns = {
  k: 'INTEGER',
  steps: 'INTEGER',
  inner_lr: 'DOUBLE',
  episode_id: 'BIGINT',
  user_id: 'VARCHAR',
  pair_id: 'BIGINT',
  label: 'INTEGER',
  rank: 'INTEGER',
} as const;

/** Columns of a file of training history: one row an iteration. */
export const historyColumns = {
  iteration: 'BIGINT',
  loss: 'DOUBLE',
  gradient_norm: 'DOUBLE',
} as const;
