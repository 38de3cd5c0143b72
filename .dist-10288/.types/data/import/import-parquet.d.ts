import { type Database } from '../../tables/database.js';
import { type ColumnMapping, type ColumnPlaces } from './column-places.js';
import { type FormatWarning } from './format-warnings.js';
import { type ImportTarget } from './import-target.js';
/** A parquet file's columns: their names as DuckDB has them, and those that do not say which column is meant. */
export declare function parquetColumns(database: Database, path: string, asked: ColumnMapping): Promise<{
    readonly columnNames: readonly string[];
    readonly repeatedNames: readonly string[];
}>;
/**
 * Adds the rows of a parquet file to the target. Numbers are never turned into text and back.
 *
 * @returns what people should be warned of
 */
export declare function importParquet(target: ImportTarget, { path, file, places }: {
    readonly path: string;
    readonly file: string;
    readonly places: ColumnPlaces;
}): Promise<readonly FormatWarning[]>;
