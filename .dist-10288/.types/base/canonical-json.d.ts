import type { Json } from './json.js';
/**
 * JSON text that depends on the value alone: names sorted by code unit at every level, no spaces, a newline at the
 * end. For outputs that people and other programs read; keys are hashed from `canonicalText`.
 */
export declare function canonicalJson(value: Json): string;
