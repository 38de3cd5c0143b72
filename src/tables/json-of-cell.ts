import type { Json } from '../base/json.js';
import type { CellValue } from './database.js';

/** A cell as JSON: what it has no words for as text. */
export function jsonOfCell(value: CellValue): Json {
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (Array.isArray(value)) return (value as readonly CellValue[]).map(jsonOfCell);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, jsonOfCell(one)]));
}
