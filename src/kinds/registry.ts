import type { Kind } from './kind.js';

/** Every step kind, by name. Adding one is a file and a line here. */
export const kinds: { readonly [name: string]: Kind } = Object.fromEntries(
  ([] as Kind[]).map((kind) => [kind.name, kind]),
);
