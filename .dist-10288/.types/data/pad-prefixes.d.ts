import type { PairSet } from './pair-set.js';
/** The same pairs with item 0 appended to every prefix shorter than `length`; a model cannot tell it from a real item 0. */
export declare function padPrefixes(pairs: PairSet, length: number): PairSet;
