import { type DuckDBConnection } from '@duckdb/node-api';
/** A value of a row as plain JavaScript; a bigint only where a number would lose digits. */
export type CellValue = null | boolean | number | bigint | string | Date | Uint8Array | readonly CellValue[] | {
    readonly [name: string]: CellValue;
};
export type Row = {
    readonly [column: string]: CellValue;
};
/** Values of a column: INTEGER as Int32Array, DOUBLE as Float64Array. */
export type NumberColumn = Int32Array | Float64Array;
/** A whole column, VARCHAR as strings. */
export type Column = NumberColumn | readonly string[];
/** DuckDB's own size of a vector: a chunk holds no more rows. */
export declare const rowsPerChunk = 2048;
/** Values of `$name` in a statement; every one given must be used by it. */
export type SqlParameters = {
    readonly [name: string]: null | boolean | number | string;
};
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
    columns(sql: string, parameters?: SqlParameters): Promise<{
        readonly [name: string]: Column;
    }>;
    /**
     * The rows of a query over INTEGER and DOUBLE columns without nulls, some at a time and in order, while DuckDB finds
     * the next; the arrays hold other rows as soon as `visit` has returned.
     *
     * @param rows how many there must be
     */
    visitColumns(sql: string, rows: number, visit: (columns: readonly NumberColumn[], rowCount: number) => void): Promise<void>;
    /** Another connection to the same database, for queries beside this one's; temporary tables are not shared. */
    connect(): Promise<Database>;
    close(): void;
}
/** Opens an empty in-memory database; nothing of it outlives `close`. */
export declare function openDatabase(options: DatabaseOptions): Promise<Database>;
/** Opens a database for the time of `use`. */
export declare function withDatabase<Value>(options: DatabaseOptions, use: (database: Database) => Promise<Value>): Promise<Value>;
/** `'…'` for use in SQL; an expression where it holds a NUL, at which the parser would end. */
export declare function sqlText(value: string): string;
/** `"…"` for use in SQL. */
export declare function sqlName(name: string): string;
