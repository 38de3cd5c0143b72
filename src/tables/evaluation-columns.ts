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

/** Columns of a file of ranked items: one row a setting, query pair and position, from 1, as far as was asked for. */
export const listColumns = {
  k: 'INTEGER',
  steps: 'INTEGER',
  inner_lr: 'DOUBLE',
  episode_id: 'BIGINT',
  user_id: 'VARCHAR',
  pair_id: 'BIGINT',
  position: 'INTEGER',
  item: 'INTEGER',
} as const;

/** Columns of what models recommend: one row a model, setting and metric, over so many lists of so many users. */
export const recommendedColumns = {
  model: 'VARCHAR',
  k: 'INTEGER',
  steps: 'INTEGER',
  inner_lr: 'DOUBLE',
  metric: 'VARCHAR',
  value: 'DOUBLE',
  low: 'DOUBLE',
  high: 'DOUBLE',
  pairs: 'BIGINT',
  users: 'BIGINT',
} as const;

/** Columns of a file of training history: one row an iteration. */
export const historyColumns = {
  iteration: 'BIGINT',
  loss: 'DOUBLE',
  gradient_norm: 'DOUBLE',
} as const;

/**
 * Columns of a file of summaries: one row a model, setting and metric; `place` is the model's place in the table. The
 * columns from `difference` on compare with `baseline`, those from `zero_shot_difference` on with `zero_shot`, those from
 * `leader_difference` on with `leader`, the best model in the metric, where `better` says whether the higher or the
 * lower value is the better one; null where that is not known, and the leader is the highest.
 */
export const summaryColumns = {
  place: 'INTEGER',
  model: 'VARCHAR',
  k: 'INTEGER',
  steps: 'INTEGER',
  inner_lr: 'DOUBLE',
  metric: 'VARCHAR',
  value: 'DOUBLE',
  low: 'DOUBLE',
  high: 'DOUBLE',
  unit: 'VARCHAR',
  units: 'INTEGER',
  all_units: 'INTEGER',
  n: 'BIGINT',
  users: 'BIGINT',
  baseline: 'VARCHAR',
  difference: 'DOUBLE',
  difference_low: 'DOUBLE',
  difference_high: 'DOUBLE',
  improvement_percent: 'DOUBLE',
  improvement_low: 'DOUBLE',
  improvement_high: 'DOUBLE',
  compared_over: 'VARCHAR',
  compared_units: 'INTEGER',
  distinguishable: 'VARCHAR',
  zero_shot: 'VARCHAR',
  zero_shot_difference: 'DOUBLE',
  zero_shot_difference_low: 'DOUBLE',
  zero_shot_difference_high: 'DOUBLE',
  zero_shot_improvement_percent: 'DOUBLE',
  zero_shot_improvement_low: 'DOUBLE',
  zero_shot_improvement_high: 'DOUBLE',
  zero_shot_compared_over: 'VARCHAR',
  zero_shot_compared_units: 'INTEGER',
  zero_shot_distinguishable: 'VARCHAR',
  better: 'VARCHAR',
  leader: 'VARCHAR',
  leader_difference: 'DOUBLE',
  leader_difference_low: 'DOUBLE',
  leader_difference_high: 'DOUBLE',
  leader_compared_over: 'VARCHAR',
  leader_compared_units: 'INTEGER',
  leader_distinguishable: 'VARCHAR',
} as const;

/**
 * Columns of a file of breakdowns: one row a model, setting, group of query pairs and metric; `place` is the model's place
 * in the table. A group holds the pairs whose `grouped_by` is from `at_least` to `at_most`, null of the last.
 */
export const breakdownColumns = {
  place: 'INTEGER',
  model: 'VARCHAR',
  k: 'INTEGER',
  steps: 'INTEGER',
  inner_lr: 'DOUBLE',
  grouped_by: 'VARCHAR',
  group_name: 'VARCHAR',
  at_least: 'INTEGER',
  at_most: 'INTEGER',
  metric: 'VARCHAR',
  value: 'DOUBLE',
  low: 'DOUBLE',
  high: 'DOUBLE',
  n: 'BIGINT',
  users: 'BIGINT',
  baseline: 'VARCHAR',
  difference: 'DOUBLE',
  difference_low: 'DOUBLE',
  difference_high: 'DOUBLE',
  distinguishable: 'VARCHAR',
} as const;
