import {
  DuckDBDataChunk,
  DuckDBTimestampValue,
  type DuckDBType,
  type DuckDBValue,
  listValue,
} from '@duckdb/node-api';
import { type Database, rowsPerChunk, type SqlParameters, sqlName, sqlText } from './database.js';

export interface ParquetQuery {
  /** A SELECT, without ORDER BY and semicolon; every `list` in it has an order of its own. */
  readonly query: string;
  readonly parameters?: SqlParameters;
  /**
   * Columns that together are unique: the order of rows, and so the bytes, depends on nothing else. `as it stands`: all
   * rows of one table, in its order, where `fillsGroups` says that they are written as if they had been sorted.
   */
  readonly orderBy: readonly string[] | 'as it stands';
  /** Absolute path of the file to write. */
  readonly path: string;
  /** Texts that the file carries beside its rows, by name; see `parquetMetadata`. */
  readonly metadata?: { readonly [name: string]: string };
}

/** Writes a query's rows as parquet; the same rows give the same bytes for any number of threads. */
export async function writeParquet(
  database: Database,
  { query, parameters, orderBy, path, metadata = {} }: ParquetQuery,
): Promise<void> {
  const order = orderBy === 'as it stands' ? '' : ` ORDER BY ${orderBy.map(sqlName).join(', ')}`;
  const texts = Object.entries(metadata).map(([name, text]) => `${sqlName(name)}: ${sqlText(text)}`);
  const carried = texts.length === 0 ? '' : `, KV_METADATA {${texts.join(', ')}}`;
  await database.run(
    `COPY (SELECT * FROM (${query})${order}) TO ${sqlText(path)} (FORMAT parquet, COMPRESSION zstd${carried})`,
    parameters,
  );
}

/** Rows that DuckDB keeps, and writes as parquet, in one group. */
export const rowsPerGroup = 122_880;

/**
 * Whether a table's groups of rows are full, all but the last: then they are those of the file, whereas rows that
 * several threads have added stand in groups of any size, which several threads write in one way and one in another.
 */
export async function fillsGroups(database: Database, table: string): Promise<boolean> {
  const [other] = await database.rows(
    `SELECT row_group_id FROM pragma_storage_info(${sqlText(table)}) WHERE column_path = '[0]'
     GROUP BY row_group_id
     HAVING sum(count) <> ${rowsPerGroup} AND row_group_id < (SELECT max(row_group_id) FROM pragma_storage_info(${sqlText(table)}))
     LIMIT 1`,
  );
  return other === undefined;
}

/** What `writeRowsParquet` takes in a cell; a list column takes arrays, a TIMESTAMP column dates. */
export type CellInput = null | undefined | boolean | number | bigint | string | Date | readonly CellInput[];

export interface ParquetRows {
  /** Column name -> DuckDB type, in the file's order. */
  readonly columns: { readonly [name: string]: string };
  /** An absent cell is null; columns whose names others choose, such as `constructor`, are in every row. */
  readonly rows: Iterable<{ readonly [column: string]: CellInput }>;
  /** See `ParquetQuery`, as of the rest; rows that stand as they are given fill their groups. */
  readonly orderBy: ParquetQuery['orderBy'];
  readonly path: string;
  readonly metadata?: ParquetQuery['metadata'];
}

/** Writes rows held in memory as parquet, with the same promise as `writeParquet`; `rows` may be empty. */
export async function writeRowsParquet(database: Database, table: ParquetRows): Promise<void> {
  const definition = Object.entries(table.columns).map(([name, type]) => `${sqlName(name)} ${type}`);
  await database.run(`CREATE OR REPLACE TEMP TABLE rows_to_write (${definition.join(', ')})`);
  await appendRows(database, 'rows_to_write', table.rows, Object.keys(table.columns));
  await writeParquet(database, {
    query: 'SELECT * FROM rows_to_write',
    orderBy: table.orderBy,
    path: table.path,
    ...(table.metadata === undefined ? {} : { metadata: table.metadata }),
  });
  await database.run('DROP TABLE rows_to_write');
}

/**
 * Adds rows to a table, in their order; what a row lacks is null.
 *
 * @param columns of the table, all of them in their order; default: they are asked for
 */
export async function appendRows(
  database: Database,
  table: string,
  rows: Iterable<{ readonly [column: string]: CellInput }>,
  columns?: readonly string[],
): Promise<void> {
  const names =
    columns ??
    (await database.rows(`DESCRIBE FROM ${sqlName(table)}`)).map((row) => String(row['column_name']));
  const appender = await database.connection.createAppender(table);
  const types = names.map((_, index) => appender.columnType(index));
  let waiting: DuckDBValue[][] = [];
  const flush = () => {
    if (waiting.length === 0) return;
    const chunk = DuckDBDataChunk.create(types, waiting.length);
    chunk.setRows(waiting);
    appender.appendDataChunk(chunk);
    waiting = [];
  };
  for (const row of rows) {
    waiting.push(names.map((name, index) => duckdbValue(row[name], types[index])));
    if (waiting.length === rowsPerChunk) flush();
  }
  flush();
  appender.closeSync();
}

/** `read_parquet(…)` of one file, for use after FROM; no character of the path is a wildcard. */
export function parquetFile(path: string): string {
  return `read_parquet(${sqlText(withoutWildcards(path))}, hive_partitioning = false)`;
}

/** A text that a file of `writeParquet` carries beside its rows; undefined where it has none of that name. */
export async function parquetMetadata(
  database: Database,
  path: string,
  name: string,
): Promise<string | undefined> {
  const [row] = await database.rows(
    `SELECT decode(value) AS text FROM parquet_kv_metadata(${sqlText(withoutWildcards(path))}) WHERE key = encode($name)`,
    { name },
  );
  return typeof row?.['text'] === 'string' ? row['text'] : undefined;
}

/** A path that DuckDB takes as it is, though a folder of it may hold `*`, `?` or `[`. */
export function withoutWildcards(path: string): string {
  return path.replace(/[*?[]/g, '[$&]');
}

function duckdbValue(value: CellInput, type: DuckDBType | undefined): DuckDBValue {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) {
    const elementType = (type as { valueType?: DuckDBType } | undefined)?.valueType;
    return listValue((value as readonly CellInput[]).map((one) => duckdbValue(one, elementType)));
  }
  if (typeof value === 'number' && /^U?(BIGINT|HUGEINT)$/.test(String(type))) return BigInt(value);
  if (typeof value === 'string' && String(type) === 'TIMESTAMP') return duckdbValue(new Date(value), type);
  if (value instanceof Date) return new DuckDBTimestampValue(BigInt(value.getTime()) * 1000n);
  return value as DuckDBValue;
}
