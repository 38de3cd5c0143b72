import type { Json } from '../base/json.js';
import type { CellInput } from './parquet.js';
/** The narrowest DuckDB type that holds values, and how each is written in it. */
export interface NarrowestType {
    readonly type: 'BOOLEAN' | 'BIGINT' | 'DOUBLE' | 'VARCHAR';
    readonly cell: (value: Json) => CellInput;
}
/** BOOLEAN, BIGINT or DOUBLE where all values that are not null are such, else VARCHAR, in which texts stand as they are. */
export declare function narrowestType(values: readonly Json[]): NarrowestType;
