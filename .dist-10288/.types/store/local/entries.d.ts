import type { Digest, Entry } from '../entry.js';
import { type Layout } from './layout.js';
/** The entry of a key; undefined where there is none, or none that this version can read. */
export declare function readEntry(layout: Layout, key: Digest): Entry | undefined;
/** The entry that a file's text holds; undefined where it is of another key or format, or broken. */
export declare function parseEntry(text: string, key: Digest): Entry | undefined;
/** Writes the entry; from then on its key is a hit. */
export declare function writeEntry(layout: Layout, entry: Entry): void;
/** Keys that have a file under `steps`, whether it can be read or not, in order. */
export declare function listKeys(layout: Layout): Generator<Digest>;
/** All entries that can be read, in order of their keys. */
export declare function readEntries(layout: Layout): Generator<Entry>;
