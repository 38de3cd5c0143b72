import type { JsonObject } from '../../base/json.js';

/** `seed 1, k 5`: names that are something. */
export function namesText(names: JsonObject): string {
  return Object.entries(names)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ');
}
