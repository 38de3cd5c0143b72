import type { Drift } from '../engine.js';
import type { PlacedWork, WorkLayout } from './work-layout.js';
/** The dense sum at `total` and the plans' embedding rows, added in the plans' order, as a flat vector. */
export declare function readGradient({ shape: padded, memory }: WorkLayout, total: number, placed: readonly PlacedWork[], rowsOf: (one: PlacedWork) => number): Float32Array;
/** How far each tensor moved at the `step`th step count; `embedding` is the squared norm of the whole embedding. */
export declare function readDrift({ shape, memory }: WorkLayout, { drift }: PlacedWork, step: number, embedding: number): readonly Drift[];
