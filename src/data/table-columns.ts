interface ColumnRule {
  /** DuckDB type that the column is given. */
  readonly type: string;
  /** DuckDB types that are accepted in a file. */
  readonly accepts: RegExp;
  /** SQL from the column's name, where a cast alone is not enough. */
  readonly convert?: (column: string, type: string) => string;
}

const integer = /^U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)$/;
const integers = /^U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)\[\]$/;
const scalar = /^(?!STRUCT|MAP|UNION)[^[]*$/;

/** Columns of a file of interactions: one event a row. */
export const interactionColumns = {
  position: { type: 'BIGINT', accepts: integer },
  user_id: { type: 'VARCHAR', accepts: scalar },
  item_id: { type: 'VARCHAR', accepts: scalar },
  timestamp: { type: 'DOUBLE', accepts: /^(U?(TINYINT|SMALLINT|INTEGER|BIGINT)|FLOAT|DOUBLE)$/ },
} satisfies ColumnRules;

/** Columns of a file of pairs; `label_ts_epoch` is in seconds, `prefix` holds item ids, oldest first. */
export const pairColumns = {
  pair_id: { type: 'BIGINT', accepts: integer },
  user_id: { type: 'VARCHAR', accepts: scalar },
  session_id: { type: 'VARCHAR', accepts: scalar },
  prefix: { type: 'INTEGER[]', accepts: integers },
  label: { type: 'INTEGER', accepts: integer },
  label_ts_epoch: {
    type: 'DOUBLE',
    accepts: /^(U?(TINYINT|SMALLINT|INTEGER|BIGINT)|FLOAT|DOUBLE|DECIMAL.*|TIMESTAMP.*)$/,
    convert: (column, type) => (type.startsWith('TIMESTAMP') ? `epoch(${column})` : column),
  },
  prefix_len: { type: 'INTEGER', accepts: integer },
} satisfies ColumnRules;

/** Columns of a file of episodes; the lists hold pair ids, in the order in which the user made the pairs. */
export const episodeColumns = {
  episode_id: { type: 'BIGINT', accepts: integer },
  user_id: { type: 'VARCHAR', accepts: scalar },
  support_pair_ids: { type: 'BIGINT[]', accepts: integers },
  query_pair_ids: { type: 'BIGINT[]', accepts: integers },
} satisfies ColumnRules;

export type ColumnRules = { readonly [column: string]: ColumnRule };

/** What a file with these columns looks like, for a hint. */
export function describeColumns(columns: ColumnRules): string {
  return Object.entries(columns)
    .map(([name, rule]) => `${name} ${rule.type}`)
    .join(', ');
}
