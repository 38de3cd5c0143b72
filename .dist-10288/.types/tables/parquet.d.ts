import { type Database, type SqlParameters } from './database.js';
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
    readonly metadata?: {
        readonly [name: string]: string;
    };
}
/** Writes a query's rows as parquet; the same rows give the same bytes for any number of threads. */
export declare function writeParquet(database: Database, { query, parameters, orderBy, path, metadata }: ParquetQuery): Promise<void>;
/** Rows that DuckDB keeps, and writes as parquet, in one group. */
export declare const rowsPerGroup = 122880;
/**
 * Whether a table's groups of rows are full, all but the last: then they are those of the file, whereas rows that
 * several threads have added stand in groups of any size, which several threads write in one way and one in another.
 */
export declare function fillsGroups(database: Database, table: string): Promise<boolean>;
/** What `writeRowsParquet` takes in a cell; a list column takes arrays, a TIMESTAMP column dates. */
export type CellInput = null | undefined | boolean | number | bigint | string | Date | readonly CellInput[];
export interface ParquetRows {
    /** Column name -> DuckDB type, in the file's order. */
    readonly columns: {
        readonly [name: string]: string;
    };
    /** An absent cell is null. */
    readonly rows: Iterable<{
        readonly [column: string]: CellInput;
    }>;
    /** See `ParquetQuery`, as of the rest; rows that stand as they are given fill their groups. */
    readonly orderBy: ParquetQuery['orderBy'];
    readonly path: string;
    readonly metadata?: ParquetQuery['metadata'];
}
/** Writes rows held in memory as parquet, with the same promise as `writeParquet`; `rows` may be empty. */
export declare function writeRowsParquet(database: Database, table: ParquetRows): Promise<void>;
/** `read_parquet(…)` of one file, for use after FROM; no character of the path is a wildcard. */
export declare function parquetFile(path: string): string;
/** A text that a file of `writeParquet` carries beside its rows; undefined where it has none of that name. */
export declare function parquetMetadata(database: Database, path: string, name: string): Promise<string | undefined>;
/** A path that DuckDB takes as it is, though a folder of it may hold `*`, `?` or `[`. */
export declare function withoutWildcards(path: string): string;
