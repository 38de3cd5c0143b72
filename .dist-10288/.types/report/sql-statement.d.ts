import type { DuckDBConnection } from '@duckdb/node-api';
import type { Failure } from '../base/failure.js';
import { type Result } from '../base/result.js';
/**
 * Whether a text is exactly one statement that does nothing but read result tables, by DuckDB's own parser: its
 * syntax tree exists (only a SELECT has one), every table in it is one of `tables` or a name that the statement gives
 * where it stands, and every function makes its result from its arguments. Gives the tables that it reads. Nothing of
 * the text is executed, nor looked up: what it names is touched in a locked database only.
 */
export declare function checkStatement(connection: DuckDBConnection, sql: string, tables: readonly string[]): Promise<Result<ReadonlySet<string>, Failure>>;
