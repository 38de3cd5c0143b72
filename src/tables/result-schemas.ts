import {
  breakdownColumns,
  historyColumns,
  metricColumns,
  rankColumns,
  summaryColumns,
} from './evaluation-columns.js';

/** A result table: its columns and what makes a row unique. */
export interface ResultSchema {
  /** Column name -> DuckDB type, in the file's order. */
  readonly columns: { readonly [name: string]: string };
  /** Columns that together are unique within a run's file, in the order of its rows. */
  readonly orderBy: readonly string[];
}

/**
 * The tables of a run, one parquet file each, and of `kshot sql`. `run` is `<pipeline>/<tag>` everywhere, so that it
 * is unique in a project.
 */
export const resultSchemas = {
  /** One row: the run; a run without a record has no file. Counts are of nodes by outcome. */
  runs: {
    columns: {
      run: 'VARCHAR',
      pipeline: 'VARCHAR',
      started_at: 'TIMESTAMP',
      seconds: 'DOUBLE',
      ended: 'VARCHAR',
      exit_code: 'INTEGER',
      engine: 'VARCHAR',
      synthetic: 'BOOLEAN',
      nodes: 'INTEGER',
      ran: 'INTEGER',
      hit: 'INTEGER',
      joined: 'INTEGER',
      failed: 'INTEGER',
      skipped: 'INTEGER',
      cancelled: 'INTEGER',
      command: 'VARCHAR',
      git_commit: 'VARCHAR',
      git_branch: 'VARCHAR',
      git_dirty: 'BOOLEAN',
      git_diff_redacted: 'BOOLEAN',
      host: 'VARCHAR',
      processor: 'VARCHAR',
      memory_bytes: 'BIGINT',
      kshot: 'VARCHAR',
      nodejs: 'VARCHAR',
      python: 'VARCHAR',
    },
    orderBy: ['run'],
  },
  /** One row a node. `seconds` is what it took in this run, `computed_seconds` what computing its result took then. */
  steps: {
    columns: {
      run: 'VARCHAR',
      node: 'VARCHAR',
      step: 'VARCHAR',
      kind: 'VARCHAR',
      outcome: 'VARCHAR',
      reason: 'VARCHAR',
      key: 'VARCHAR',
      engine: 'VARCHAR',
      deterministic: 'BOOLEAN',
      seconds: 'DOUBLE',
      computed_seconds: 'DOUBLE',
    },
    orderBy: ['run', 'node'],
  },
  /** One row a node and parameter (nested ones with dots). `value` is JSON, `number` is it where it is a number. */
  params: {
    columns: {
      run: 'VARCHAR',
      node: 'VARCHAR',
      step: 'VARCHAR',
      name: 'VARCHAR',
      value: 'VARCHAR',
      number: 'DOUBLE',
    },
    orderBy: ['run', 'node', 'name'],
  },
  /** One row a node, setting and metric; `low` and `high` end its 95 % interval over users. `role` is the most restrictive one of what the metric was computed from. */
  metrics: {
    columns: {
      run: 'VARCHAR',
      node: 'VARCHAR',
      step: 'VARCHAR',
      role: 'VARCHAR',
      ...metricColumns,
    },
    orderBy: ['run', 'node', 'k', 'steps', 'inner_lr', 'metric'],
  },
  /** Training curves: one row a node and iteration. `unfinished` says of a program without a result what became of it. */
  history: {
    columns: {
      run: 'VARCHAR',
      node: 'VARCHAR',
      step: 'VARCHAR',
      unfinished: 'VARCHAR',
      ...historyColumns,
    },
    orderBy: ['run', 'node', 'iteration'],
  },
  /** One row a node, setting and query pair; rank 1 is best. */
  ranks: {
    columns: {
      run: 'VARCHAR',
      node: 'VARCHAR',
      step: 'VARCHAR',
      role: 'VARCHAR',
      ...rankColumns,
    },
    orderBy: ['run', 'node', 'k', 'steps', 'inner_lr', 'episode_id', 'pair_id'],
  },
  /** One row a node, setting, episode and parameter tensor: Euclidean norms before, after and of the change. */
  drift: {
    columns: {
      run: 'VARCHAR',
      node: 'VARCHAR',
      step: 'VARCHAR',
      role: 'VARCHAR',
      k: 'INTEGER',
      steps: 'INTEGER',
      episode_id: 'BIGINT',
      tensor: 'VARCHAR',
      norm_before: 'DOUBLE',
      norm_after: 'DOUBLE',
      norm_of_change: 'DOUBLE',
    },
    orderBy: ['run', 'node', 'k', 'steps', 'episode_id', 'tensor'],
  },
  /** The same as median and quartiles over episodes. */
  drift_summary: {
    columns: {
      run: 'VARCHAR',
      node: 'VARCHAR',
      step: 'VARCHAR',
      role: 'VARCHAR',
      k: 'INTEGER',
      steps: 'INTEGER',
      tensor: 'VARCHAR',
      norm_before: 'DOUBLE',
      norm_after_lower: 'DOUBLE',
      norm_after_median: 'DOUBLE',
      norm_after_upper: 'DOUBLE',
      norm_of_change_lower: 'DOUBLE',
      norm_of_change_median: 'DOUBLE',
      norm_of_change_upper: 'DOUBLE',
      episodes: 'BIGINT',
    },
    orderBy: ['run', 'node', 'k', 'steps', 'tensor'],
  },
  /**
   * One row a node of kind summary, model, setting and metric. `low` and `high` end the 95 % interval of `value` over
   * `units` users or seeds, of `all_units` whose others have no number; the columns from `difference` on compare it with `baseline`, those from
   * `zero_shot_difference` on with `zero_shot`. It was chosen from `tuned_over` settings and checkpoints, by
   * `tuned_users` users or more.
   */
  summary: {
    columns: {
      run: 'VARCHAR',
      node: 'VARCHAR',
      step: 'VARCHAR',
      role: 'VARCHAR',
      ...summaryColumns,
      tuned_over: 'INTEGER',
      tuned_users: 'INTEGER',
    },
    orderBy: ['run', 'node', 'place', 'metric'],
  },
  /** One row a node of kind breakdown, model, setting, group of query pairs and metric. */
  breakdown: {
    columns: {
      run: 'VARCHAR',
      node: 'VARCHAR',
      step: 'VARCHAR',
      role: 'VARCHAR',
      ...breakdownColumns,
    },
    orderBy: ['run', 'node', 'place', 'grouped_by', 'at_least', 'metric'],
  },
  /**
   * One row a file that a node read: from which node's output, or which file outside the cache, and its content.
   * `roles` are the splits that it was computed from (`train val`), empty for a catalogue.
   */
  lineage: {
    columns: {
      run: 'VARCHAR',
      node: 'VARCHAR',
      input: 'VARCHAR',
      source_node: 'VARCHAR',
      source_output: 'VARCHAR',
      roles: 'VARCHAR',
      file: 'VARCHAR',
      digest: 'VARCHAR',
    },
    orderBy: ['run', 'node', 'input'],
  },
} as const satisfies { readonly [table: string]: ResultSchema };

/** Name of a result table. */
export type ResultTableName = keyof typeof resultSchemas;
