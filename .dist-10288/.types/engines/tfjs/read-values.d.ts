import type { PairSet } from '../../data/pair-set.js';
import type { GruShape } from '../../model/gru/gru-shape.js';
import type { Drift } from '../engine.js';
import type { ItemSlots, PackedForests } from './packed-forests.js';
/** `values` of the packed pairs, put back in the order in which the pairs were given and cut into their sets. */
export declare function bySet({ givenOfPair }: PackedForests, sets: readonly PairSet[], values: Float32Array): readonly Float64Array[];
export declare function mean(values: Float64Array): number;
/** Adds `factor` times what `Passes.sumOverVectors` gave to a flat vector in the order of `parameterLayout`. */
export declare function addSum(total: Float64Array, shape: GruShape, { vectors, slots, counts, items }: ItemSlots, sum: Float32Array, factor: number): void;
/** What each weight vector's tensors are and how far they moved from `start`, of what `Passes.squares` gave. */
export declare function driftOfSquares(shape: GruShape, start: Float32Array, { vectors, slots, counts, items }: ItemSlots, squares: Float32Array): readonly (readonly Drift[])[];
