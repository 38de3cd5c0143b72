import type { PairSet } from '../../data/pair-set.js';
/** `values` in at most `parts` consecutive parts, none empty, whose lengths differ by at most 1. */
export declare function inParts<Value>(values: readonly Value[], parts: number): readonly (readonly Value[])[];
/** The pairs at `indices`, in that order. */
export declare function pairsAt(pairs: PairSet, indices: readonly number[]): PairSet;
