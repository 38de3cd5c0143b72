import { command } from './command.js';
import { dataEpisodes } from './data-episodes.js';
import { dataImport } from './data-import.js';
import { dataPairs } from './data-pairs.js';
import { dataSplit } from './data-split.js';
import type { Kind } from './kind.js';
import { value } from './value.js';

const all: readonly Kind[] = [command, value, dataImport, dataPairs, dataSplit, dataEpisodes];

/** Every step kind, by name. Adding one is a file and a line here. */
export const kinds: { readonly [name: string]: Kind } = Object.fromEntries(
  all.map((kind) => [kind.name, kind]),
);
