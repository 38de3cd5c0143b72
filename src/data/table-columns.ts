interface ColumnRule {
  /** DuckDB type that the column is given. */
  readonly type: string;
  /** DuckDB types that are accepted in a file. */
  readonly accepts: RegExp;
  /** SQL from the column's name, where a cast alone is not enough; null where the value cannot be what it should. */
  readonly convert?: (column: string, type: string) => string;
  /** Whether a file may be without it; all values are null then. */
  readonly optional?: boolean;
}

const integer = /^U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)$/;
const integers = /^U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)\[\]$/;
/** Also as text, which is how a list comes out of a CSV file, and as bytes without a mark that they are text. */
const listOfIntegers = /^(U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)\[\]|VARCHAR|BLOB)$/;
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

/** The same of a file that was made elsewhere: owners may stand in the episodes alone, and prefixes be text. */
export const foreignPairColumns = {
  ...pairColumns,
  user_id: { ...pairColumns.user_id, optional: true },
  session_id: { ...pairColumns.session_id, optional: true },
  prefix: { ...pairColumns.prefix, accepts: listOfIntegers, convert: listFromText },
  prefix_len: { ...pairColumns.prefix_len, optional: true },
} satisfies ColumnRules;

/** Columns of a file of episodes; the lists hold pair ids, in the order in which the user made the pairs. */
export const episodeColumns = {
  episode_id: { type: 'BIGINT', accepts: integer },
  user_id: { type: 'VARCHAR', accepts: scalar },
  support_pair_ids: { type: 'BIGINT[]', accepts: integers },
  query_pair_ids: { type: 'BIGINT[]', accepts: integers },
} satisfies ColumnRules;

/** The same of a file that was made elsewhere: without ids, the rows are numbered. */
export const foreignEpisodeColumns = {
  episode_id: { ...episodeColumns.episode_id, optional: true },
  user_id: episodeColumns.user_id,
  support_pair_ids: { ...episodeColumns.support_pair_ids, accepts: listOfIntegers, convert: listFromText },
  query_pair_ids: { ...episodeColumns.query_pair_ids, accepts: listOfIntegers, convert: listFromText },
} satisfies ColumnRules;

/** `[1, 2, 3]`, `(1, 2, 3)`, `1 2 3`, `1,2,3` as a list; null where a text is none of these. */
function listFromText(column: string, type: string): string {
  if (type.endsWith('[]')) return column;
  const text = type === 'BLOB' ? `decode(${column})` : column;
  const list = String.raw`\s*[\[(]?\s*(-?\d+(\s*,\s*|\s+|\s*;\s*))*(-?\d+)?\s*[\])]?\s*`;
  return `CASE WHEN regexp_full_match(${text}, '${list}') THEN regexp_extract_all(${text}, '-?\\d+') END`;
}

export type ColumnRules = { readonly [column: string]: ColumnRule };

/** What a file with these columns looks like, for a hint. */
export function describeColumns(columns: ColumnRules): string {
  return Object.entries(columns)
    .map(([name, rule]) => `${name} ${rule.type}${rule.optional === true ? ' (may be left out)' : ''}`)
    .join(', ');
}
