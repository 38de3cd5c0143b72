import {
  DuckDBDecimalValue,
  type DuckDBResult,
  type DuckDBValueConverter,
  JsonDuckDBValueConverter,
} from '@duckdb/node-api';
import { type Failure, FailureError } from '../base/failure.js';
import type { Json } from '../base/json.js';
import { type Database, openDatabase, sqlName, sqlText } from '../tables/database.js';
import { withoutWildcards } from '../tables/parquet.js';
import type { RowTable } from './row-formats.js';
import { checkStatement } from './sql-statement.js';
import { type RecordedFile, verifyRecordedFiles } from './verify-run.js';

/** A table that a query may read: rows of parquet files, in an order that follows from the files alone. */
export interface SourceTable {
  readonly name: string;
  /** Column name -> DuckDB type; what a file lacks is null. */
  readonly columns: { readonly [name: string]: string };
  readonly files: readonly RecordedFile[];
}

export interface Query {
  readonly sql: string;
  readonly tables: readonly SourceTable[];
  readonly threads: number;
  readonly memoryBytes: number;
}

/** What a query gives, computed whole by DuckDB, and taken from it in pieces of any size. */
export interface RowStream {
  readonly columns: RowTable['columns'];
  readonly pieces: AsyncIterable<RowTable['rows']>;
}

/**
 * Gives `use` the rows of one SELECT or EXPLAIN over the given tables and nothing else: they are copied into a database in
 * memory, which then loses its access to files, network, extensions and settings before it sees the statement. The
 * files of every table that it names are verified before.
 *
 * @throws FailureError `sql-refused` for anything but one reading statement, `sql-failed` with what DuckDB says,
 *   `object-corrupt` where a file is missing or not what its run wrote
 */
export async function queryRows<Value>(
  { sql, tables, threads, memoryBytes }: Query,
  use: (rows: RowStream) => Promise<Value>,
): Promise<Value> {
  const database = await openDatabase({ threads, memoryBytes });
  try {
    const names = tables.map((table) => table.name);
    const read = await checkStatement(database.connection, sql, names);
    if (!read.ok) throw new FailureError(read.failure);
    // The rows of a table that is not read need not be there.
    const needed = tables.filter(({ name }) => read.value.has(name)).flatMap(({ files }) => files);
    await verifyRecordedFiles([...new Map(needed.map((file) => [file.path, file])).values()]);
    for (const table of tables) await createTable(database, table, read.value.has(table.name));
    await database.run(
      'SET enable_external_access = false; SET allow_community_extensions = false; SET lock_configuration = true',
    );
    return await use(await answer(database, sql));
  } finally {
    database.close();
  }
}

async function createTable(database: Database, table: SourceTable, filled: boolean): Promise<void> {
  const definition = Object.entries(table.columns).map(([name, type]) => `${sqlName(name)} ${type}`);
  await database.run(`CREATE TABLE ${sqlName(table.name)} (${definition.join(', ')})`);
  if (!filled || table.files.length === 0) return;
  const files = table.files.map(({ path }) => sqlText(withoutWildcards(path))).join(', ');
  await database.run(
    `INSERT INTO ${sqlName(table.name)} BY NAME
     FROM read_parquet([${files}], union_by_name = true, hive_partitioning = false)`,
  );
}

async function answer(database: Database, sql: string): Promise<RowStream> {
  const { StatementType } = await import('@duckdb/node-api');
  try {
    const statements = await database.connection.extractStatements(sql);
    const statement = await statements.prepare(0);
    const type = statement.statementType;
    if (statements.count !== 1 || (type !== StatementType.SELECT && type !== StatementType.EXPLAIN)) {
      throw new FailureError({ reason: 'sql-refused', message: 'kshot sql takes one SELECT or EXPLAIN' });
    }
    // Not streamed: where a stream fails after its first rows, DuckDB's client takes that for its end.
    const result = await statement.run();
    return { columns: result.deduplicatedColumnNames(), pieces: piecesOf(result) };
  } catch (error) {
    throw asFailure(error);
  }
}

async function* piecesOf(result: DuckDBResult): AsyncGenerator<RowTable['rows']> {
  try {
    for await (const piece of result.yieldConvertedRows(toJson)) yield piece as Json[][];
  } catch (error) {
    throw asFailure(error);
  }
}

function asFailure(error: unknown): unknown {
  return error instanceof FailureError || !(error instanceof Error)
    ? error
    : new FailureError(failureOfQuery(error));
}

function failureOfQuery(error: Error): Failure {
  const [message = '', ...details] = error.message.trimEnd().split('\n');
  if (/^out of memory/i.test(message)) {
    // What DuckDB advises below its message are settings, which a query may not change.
    const hint = 'ask for fewer rows or columns, or aggregate earlier';
    return { reason: 'sql-failed', message, hint, cause: error };
  }
  const refused = message.startsWith('Permission Error');
  return {
    reason: refused ? 'sql-refused' : 'sql-failed',
    message,
    details: details.filter((line) => line !== ''),
    cause: error,
  };
}

/** Integers as numbers where they fit, decimals as numbers; all else as the JSON that DuckDB's client makes. */
const toJson: DuckDBValueConverter<Json> = (value, type, converter) => {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (value instanceof DuckDBDecimalValue) return value.toDouble();
  return JsonDuckDBValueConverter(value, type, converter as never) as Json;
};
