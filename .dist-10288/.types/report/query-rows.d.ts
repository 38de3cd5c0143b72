import { type RecordedFile } from '../artifacts/verify-run.js';
import type { RowTable } from '../tables/row-formats.js';
/** A table that a query may read: rows of parquet files, in an order that follows from the files alone. */
export interface SourceTable {
    readonly name: string;
    /** Column name -> DuckDB type; what a file lacks is null. */
    readonly columns: {
        readonly [name: string]: string;
    };
    readonly files: readonly RecordedFile[];
}
export interface Query {
    readonly sql: string;
    readonly tables: readonly SourceTable[];
    readonly threads: number;
    readonly memoryBytes: number;
}
/**
 * The rows of one SELECT or EXPLAIN over the given tables and nothing else, as they are computed: batches of the same
 * columns, at least one. The tables are copied into a database in memory, which then loses its access to files,
 * network, extensions and settings before it sees the statement. The files of every table that it names are verified
 * before.
 *
 * @throws FailureError `sql-refused` for anything but one reading statement, `sql-failed` with what DuckDB says (after
 *   some rows, where they lead to it), `object-corrupt` where a file is missing or not what its run wrote
 */
export declare function queryRows({ sql, tables, threads, memoryBytes }: Query): AsyncGenerator<RowTable>;
