import type { JsonObject } from '../../base/json.js';
/** `seed 1, k 5`: names that are something. */
export declare function namesText(names: JsonObject): string;
