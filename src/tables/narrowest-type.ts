import type { Json } from '../base/json.js';
import type { CellInput } from './parquet.js';

/** The narrowest DuckDB type that holds values, and how each is written in it. */
export interface NarrowestType {
  readonly type: 'BOOLEAN' | 'BIGINT' | 'DOUBLE' | 'VARCHAR';
  readonly cell: (value: Json) => CellInput;
}

/** BOOLEAN, BIGINT or DOUBLE where all values that are not null are such, else VARCHAR, in which texts stand as they are. */
export function narrowestType(values: readonly Json[]): NarrowestType {
  const filled = values.filter((value) => value !== null);
  const own = (value: Json) => value as CellInput;
  if (filled.length > 0 && filled.every((value) => typeof value === 'boolean')) {
    return { type: 'BOOLEAN', cell: own };
  }
  if (filled.length > 0 && filled.every((value) => typeof value === 'number')) {
    return { type: filled.every((value) => Number.isSafeInteger(value)) ? 'BIGINT' : 'DOUBLE', cell: own };
  }
  const text = (value: Json) => (value === null || typeof value === 'string' ? value : JSON.stringify(value));
  return { type: 'VARCHAR', cell: text };
}
