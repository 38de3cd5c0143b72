import {
  type DuckDBDataChunk,
  DuckDBDateValue,
  DuckDBDecimalValue,
  type DuckDBPreparedStatement,
  type DuckDBType,
  DuckDBTypeId,
  type DuckDBValueConverter,
  JsonDuckDBValueConverter,
} from '@duckdb/node-api';
import { verifyRecordedFiles } from '../artifacts/verify-run.js';
import { type Failure, FailureError } from '../base/failure.js';
import type { Json } from '../base/json.js';
import { type Database, openDatabase, sqlName, sqlText, withDatabase } from '../tables/database.js';
import type { RowTable } from '../tables/row-formats.js';
import { defineEmpty, divideTable, fillTable, pathsOf, type SourceTable } from './fill-table.js';
import { checkStatement } from './sql-statement.js';

export interface Query {
  readonly sql: string;
  readonly tables: readonly SourceTable[];
  readonly threads: number;
  readonly memoryBytes: number;
}

/**
 * The rows of one SELECT or EXPLAIN over the given tables and nothing else, as they are computed: batches of the same
 * columns, at least one. The tables are views of their files in a database in memory, which loses its access to other
 * files, network, extensions and settings before it sees the statement. The files of every table that it names are
 * verified before, those of runs that it leaves out by a condition `run = …` excepted, of which no row is read.
 *
 * @throws FailureError `sql-refused` for anything but one reading statement, `sql-failed` with what DuckDB says (after
 *   some rows, where they lead to it), `object-corrupt` where a file is missing or not what its run wrote
 */
export async function* queryRows(query: Query): AsyncGenerator<RowTable> {
  for await (const { columns, chunk } of queryChunks(query)) {
    yield { columns, rows: (chunk?.convertRows(toJson) ?? []) as Json[][] };
  }
}

/**
 * Writes the rows of such a query as parquet, in their order and with their types.
 *
 * @param path where nothing is yet
 * @throws FailureError as `queryRows` does
 */
export async function writeQueryParquet(query: Query, path: string): Promise<void> {
  const { threads } = query;
  // The database that the query is asked of can write nowhere.
  await withDatabase({ threads }, async (database) => {
    let appender: Awaited<ReturnType<Database['connection']['createAppender']>> | undefined;
    for await (const { columns, types, chunk } of queryChunks(query)) {
      if (appender === undefined) {
        const definition = columns.map((name, index) => `${sqlName(name)} ${types[index]}`).join(', ');
        await database.run(`CREATE TABLE answer (${definition})`);
        appender = await database.connection.createAppender('answer');
      }
      if (chunk !== undefined) appender.appendDataChunk(chunk);
    }
    appender?.closeSync();
    await database.run(`COPY answer TO ${sqlText(path)} (FORMAT parquet, COMPRESSION zstd)`);
  });
}

/** Rows as DuckDB has them; none where a query has no rows. */
interface Chunk {
  readonly columns: readonly string[];
  readonly types: readonly DuckDBType[];
  readonly chunk?: DuckDBDataChunk;
}

/** Names with those that come again numbered: `a`, `a:1`; DuckDB's client loses count of one that every object has. */
function numberedNames(names: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  return names.map((name) => {
    const before = counts.get(name) ?? 0;
    counts.set(name, before + 1);
    return before === 0 ? name : `${name}:${before}`;
  });
}

async function* queryChunks({ sql, tables, threads, memoryBytes }: Query): AsyncGenerator<Chunk> {
  const database = await openDatabase({ threads, memoryBytes });
  try {
    const names = tables.map((table) => table.name);
    const read = await checkStatement(database.connection, sql, names);
    if (!read.ok) throw new FailureError(read.failure);
    // The rows of a table that is not read need not be there, nor those of runs that are not asked for.
    const asked = tables
      .filter(({ name }) => read.value.has(name))
      .map((table) => divideTable(table, read.value.get(table.name)));
    const needed = new Map(asked.flatMap(({ files }) => files.map((file) => [file.path, file])));
    await verifyRecordedFiles([...needed.values()]);
    await defineEmpty(
      database,
      tables.filter(({ name }) => !read.value.has(name)),
    );
    for (const table of asked) await fillTable(database, table);
    // What is read is read where it lies, and nothing else can be.
    const paths = [...new Set(asked.flatMap(pathsOf))].map(sqlText).join(', ');
    await database.run(
      `SET parquet_metadata_cache = true; SET allowed_paths = [${paths}]; SET enable_external_access = false; SET allow_community_extensions = false; SET lock_configuration = true`,
    );
    yield* answer(database, sql);
  } finally {
    database.close();
  }
}

async function* answer(database: Database, sql: string): AsyncGenerator<Chunk> {
  const { StatementType } = await import('@duckdb/node-api');
  try {
    const statements = await database.connection.extractStatements(sql);
    const statement = await statements.prepare(0);
    const type = statement.statementType;
    if (statements.count !== 1 || (type !== StatementType.SELECT && type !== StatementType.EXPLAIN)) {
      throw new FailureError({ reason: 'sql-refused', message: 'kshot sql takes one SELECT or EXPLAIN' });
    }
    // Rows that are fetched one batch after another just end where an error ends them; their transaction knows of it.
    await database.run('BEGIN TRANSACTION READ ONLY');
    const result = await statement.stream();
    const columns = numberedNames(result.columnNames());
    const types = result.columnTypes();
    let isEmpty = true;
    for await (const chunk of result) {
      isEmpty = false;
      yield { columns, types, chunk };
    }
    if (await isAborted(database)) await failAgain(database, statement);
    if (isEmpty) yield { columns, types };
  } catch (error) {
    if (error instanceof FailureError || !(error instanceof Error)) throw error;
    throw new FailureError(failureOfQuery(error));
  }
}

async function isAborted(database: Database): Promise<boolean> {
  return await database.run('SELECT 1').then(
    () => false,
    () => true,
  );
}

/** Asks again for all rows at once, which says what the error was. */
async function failAgain(database: Database, statement: DuckDBPreparedStatement): Promise<never> {
  await database.run('ROLLBACK');
  await statement.run();
  throw new FailureError({ reason: 'sql-failed', message: 'the query failed after some rows' });
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

/** How DuckDB keeps the dates before and after all others. */
const infiniteDays = 2 ** 31 - 1;

/** Integers as numbers where they fit, decimals as numbers, floats without the digits that they do not have; all else as the JSON that DuckDB's client makes. */
const toJson: DuckDBValueConverter<Json> = (value, type, converter) => {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (value instanceof DuckDBDecimalValue) return value.toDouble();
  if (typeof value === 'number' && type.typeId === DuckDBTypeId.FLOAT && Number.isFinite(value))
    return shortestFloat(value);
  // The client writes these as days of no calendar.
  if (value instanceof DuckDBDateValue && Math.abs(value.days) === infiniteDays)
    return value.days < 0 ? '-infinity' : 'infinity';
  return JsonDuckDBValueConverter(value, type, converter as never) as Json;
};

/** A number of 32 bits as the shortest decimal that is read as it: `1234.1`, whose 64 bits are 1234.0999755859375. */
function shortestFloat(value: number): number {
  for (let digits = 6; digits < 9; digits++) {
    const shorter = Number(value.toPrecision(digits));
    if (Math.fround(shorter) === value) return shorter;
  }
  return Number(value.toPrecision(9));
}
