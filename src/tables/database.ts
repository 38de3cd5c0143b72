import {
  type DuckDBConnection,
  type DuckDBDataChunk,
  DuckDBDoubleVector,
  DuckDBInstance,
  DuckDBIntegerVector,
  type DuckDBValue,
} from '@duckdb/node-api';
import duckdb, { type DataChunk, type Result } from '@duckdb/node-bindings';
import { FailureError } from '../base/failure.js';

/** A value of a row as plain JavaScript; a bigint only where a number would lose digits. */
export type CellValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Date
  | Uint8Array
  | readonly CellValue[]
  | { readonly [name: string]: CellValue };

export type Row = { readonly [column: string]: CellValue };

/** Values of a column: INTEGER as Int32Array, DOUBLE as Float64Array. */
export type NumberColumn = Int32Array | Float64Array;

/** A whole column, VARCHAR as strings. */
export type Column = NumberColumn | readonly string[];

/** DuckDB's own size of a vector: a chunk holds no more rows. */
export const rowsPerChunk = 2048;

/** Values of `$name` in a statement; every one given must be used by it. */
export type SqlParameters = { readonly [name: string]: null | boolean | number | string };

export interface DatabaseOptions {
  /** Threads that DuckDB may use; never changes a result that is written with `writeParquet`. */
  readonly threads: number;
  /** What DuckDB may hold in memory; its own default (80 % of the memory) without it. */
  readonly memoryBytes?: number;
  /** A folder in which DuckDB may keep what does not fit in memory; without it nothing is spilled. */
  readonly scratch?: string;
}

/** A DuckDB database in memory. It installs and loads no extension, and dates are in UTC whatever the machine says. */
export interface Database {
  /** For what this interface leaves out (`extractStatements`, `interrupt`). */
  readonly connection: DuckDBConnection;
  /** Runs one or several statements; parameters go to the last. Rejects with DuckDB's own error. */
  run(sql: string, parameters?: SqlParameters): Promise<void>;
  /** All rows of a query, as plain objects. */
  rows(sql: string, parameters?: SqlParameters): Promise<readonly Row[]>;
  /** All columns of a query over INTEGER, DOUBLE and VARCHAR columns without nulls, for large reads. */
  columns(sql: string, parameters?: SqlParameters): Promise<{ readonly [name: string]: Column }>;
  /**
   * The rows of a query over INTEGER and DOUBLE columns without nulls, some at a time and in order, once DuckDB has found
   * all of them; the arrays hold other rows as soon as `visit` has returned.
   */
  visitColumns(
    sql: string,
    visit: (columns: readonly NumberColumn[], rowCount: number) => void,
  ): Promise<void>;
  /** Another connection to the same database, for queries beside this one's; temporary tables are not shared. */
  connect(): Promise<Database>;
  close(): void;
}

/** Opens an empty in-memory database; nothing of it outlives `close`. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const instance = await DuckDBInstance.create(':memory:', {
    threads: String(options.threads),
    temp_directory: options.scratch ?? '',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    preserve_insertion_order: 'true',
    ...(options.memoryBytes === undefined
      ? {}
      : { memory_limit: `${Math.floor(options.memoryBytes / 2 ** 20)}MiB` }),
  });
  return await connected(instance, () => instance.closeSync());
}

async function connected(instance: DuckDBInstance, closed: () => void): Promise<Database> {
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  return {
    connection,
    async run(sql, parameters) {
      await connection.run(sql, valuesOf(parameters));
    },
    async rows(sql, parameters) {
      const reader = await connection.runAndReadAll(sql, valuesOf(parameters));
      return reader.getRowObjectsJS().map((row) => plain(row) as Row);
    },
    columns: (sql, parameters) => readColumns(connection, sql, parameters),
    visitColumns: (sql, visit) => visitColumns(connection, sql, visit),
    connect: () => connected(instance, () => {}),
    close() {
      connection.closeSync();
      closed();
    },
  };
}

/** Opens a database for the time of `use`. */
export async function withDatabase<Value>(
  options: DatabaseOptions,
  use: (database: Database) => Promise<Value>,
): Promise<Value> {
  const database = await openDatabase(options);
  try {
    return await use(database);
  } finally {
    database.close();
  }
}

/** `'…'` for use in SQL; an expression where it holds a NUL, at which the parser would end. */
export function sqlText(value: string): string {
  const parts = value.split('\0').map((part) => `'${part.replaceAll("'", "''")}'`);
  return parts.length === 1 ? parts.join() : `(${parts.join(' || chr(0) || ')})`;
}

/** `"…"` for use in SQL. */
export function sqlName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function valuesOf(parameters: SqlParameters | undefined): Record<string, DuckDBValue> | undefined {
  return parameters === undefined || Object.keys(parameters).length === 0 ? undefined : { ...parameters };
}

function plain(value: unknown): CellValue {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== 'object') return value as CellValue;
  if (value instanceof Date || value instanceof Uint8Array) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, plain(one)]));
}

async function readColumns(
  connection: DuckDBConnection,
  sql: string,
  parameters: SqlParameters | undefined,
): Promise<{ readonly [name: string]: Column }> {
  // Not streamed: where a streamed query fails midway, its rows seem to end there.
  const result = await connection.run(sql, valuesOf(parameters));
  const names = result.deduplicatedColumnNames();
  const pieces: unknown[][] = names.map(() => []);
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) break;
    for (const [index, piecesOfColumn] of pieces.entries()) {
      piecesOfColumn.push(valuesInChunk(chunk, index, names[index]));
    }
  }
  return Object.fromEntries(
    names.map((name, index) => [
      name,
      concatenated(name, String(result.columnType(index)), pieces[index] ?? []),
    ]),
  );
}

/** The values of a column of a chunk, numbers as a typed array; none is null. */
function valuesInChunk(chunk: DuckDBDataChunk, column: number, name: string | undefined) {
  const vector = chunk.getColumnVector(column);
  if (vector instanceof DuckDBIntegerVector || vector instanceof DuckDBDoubleVector) {
    const array = vector instanceof DuckDBIntegerVector ? Int32Array : Float64Array;
    const values = new array(chunk.rowCount);
    copyNumbers(chunk, column, values, name);
    return values;
  }
  const values = chunk.getColumnValues(column);
  if (values.includes(null)) throw nullIn(name);
  return values;
}

async function visitColumns(
  connection: DuckDBConnection,
  sql: string,
  visit: (columns: readonly NumberColumn[], rowCount: number) => void,
): Promise<void> {
  const queried = await connection.run(sql);
  const names = queried.deduplicatedColumnNames();
  const arrays = names.map((name, index) => {
    const type = String(queried.columnType(index));
    if (type === 'INTEGER') return new Int32Array(rowsPerChunk);
    if (type === 'DOUBLE') return new Float64Array(rowsPerChunk);
    throw wrongType(name, type);
  });
  // Not chunk by chunk by the client, which waits for another thread each time: that takes longer than reading them.
  const { result } = queried as unknown as { readonly result: Result };
  const chunks = duckdb.result_chunk_count(result);
  for (let index = 0; index < chunks; index++) {
    const chunk = duckdb.result_get_chunk(result, index);
    const rowCount = duckdb.data_chunk_get_size(chunk);
    for (const [column, array] of arrays.entries()) {
      copyNumbers({ chunk, rowCount }, column, array, names[column]);
    }
    visit(arrays, rowCount);
  }
}

/** Copies a column of a chunk out of DuckDB's memory, which goes with the chunk. */
function copyNumbers(
  { chunk, rowCount }: { readonly chunk: DataChunk; readonly rowCount: number },
  column: number,
  to: NumberColumn,
  name: string | undefined,
): void {
  const vector = duckdb.data_chunk_get_vector(chunk, column);
  // A bit for each row; nothing where no row is null.
  const validity = duckdb.vector_get_validity(vector, 8 * Math.ceil(rowCount / 64)) as Uint8Array | null;
  if (validity !== null) {
    for (let row = 0; row < rowCount; row++) {
      if (((validity[row >> 3] ?? 0) & (1 << (row & 7))) === 0) throw nullIn(name);
    }
  }
  const bytes = duckdb.vector_get_data(vector, to.BYTES_PER_ELEMENT * rowCount);
  new Uint8Array(to.buffer, to.byteOffset).set(bytes);
}

function wrongType(name: string, type: string): FailureError {
  return new FailureError({ reason: 'bug', message: `column ${name} is ${type}; cast it in the query` });
}

function nullIn(column: string | undefined): FailureError {
  return new FailureError({ reason: 'bug', message: `column ${column} holds a null` });
}

function concatenated(name: string, type: string, pieces: readonly unknown[]): Column {
  if (type === 'VARCHAR') return (pieces as string[][]).flat();
  if (type !== 'INTEGER' && type !== 'DOUBLE') throw wrongType(name, type);
  const arrays = pieces as (Int32Array | Float64Array)[];
  const length = arrays.reduce((sum, array) => sum + array.length, 0);
  const whole = type === 'INTEGER' ? new Int32Array(length) : new Float64Array(length);
  let at = 0;
  for (const array of arrays) {
    whole.set(array, at);
    at += array.length;
  }
  return whole;
}
