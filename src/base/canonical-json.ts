import type { Json, JsonObject } from './json.js';
import { withNumberText } from './number-text.js';

/**
 * JSON text that depends on the value alone: names sorted by code unit at every level, no spaces, a newline at the
 * end. For outputs that people and other programs read; keys are hashed from `canonicalText`.
 */
export function canonicalJson(value: Json): string {
  return `${withNumberText(JSON.stringify(sorted(value)))}\n`;
}

function sorted(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  const object = value as JsonObject;
  // The name comes from the object's own keys.
  return Object.fromEntries(
    Object.keys(object)
      .sort()
      .map((name) => [name, sorted(object[name]!)]),
  );
}
