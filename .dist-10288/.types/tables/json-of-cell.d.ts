import type { Json } from '../base/json.js';
import type { CellValue } from './database.js';
/** A cell as JSON: what it has no words for as text. */
export declare function jsonOfCell(value: CellValue): Json;
