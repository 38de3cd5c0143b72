import { command } from './command.js';
import type { Kind } from './kind.js';
import { value } from './value.js';

const all: readonly Kind[] = [command, value];

/** Every step kind, by name. Adding one is a file and a line here. */
export const kinds: { readonly [name: string]: Kind } = Object.fromEntries(
  all.map((kind) => [kind.name, kind]),
);
