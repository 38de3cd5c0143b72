import type { PairSet } from '../../data/pair-set.js';
import type { GruShape } from '../../model/gru/gru-shape.js';
import { type PrefixForest } from '../../model/gru/prefix-forest.js';
/** A set of pairs, made ready once for any number of passes. N nodes, P pairs. */
export interface Batch {
    readonly shape: GruShape;
    readonly forest: PrefixForest;
    /** `[P]` */
    readonly labels: Int32Array;
}
/** What the forward pass leaves for the passes after it; e, h and V are the model's sizes. */
export interface Forward {
    /** `[N, e]` the embedded items. */
    readonly inputs: Float64Array;
    /** `[N, h]` each node's hidden state before its item: its parent's, zero at a root. */
    readonly before: Float64Array;
    /** `[N, 3h]` `Whh * before + bhh`; the last third is multiplied by the reset gate. */
    readonly recurrent: Float64Array;
    /** `[N, 3h]` reset gate, update gate, candidate state. */
    readonly gates: Float64Array;
    /** `[N, h]` each node's hidden state. */
    readonly states: Float64Array;
    /** `[P, h]` the hidden state at the end of each pair's prefix. */
    readonly ends: Float64Array;
    /** `[P, V]` */
    readonly logits: Float64Array;
    /** `[P, V]` softmax of the logits. */
    readonly probabilities: Float64Array;
    /** Mean softmax cross-entropy over the pairs. */
    readonly loss: number;
}
/** Derivatives of the loss by the intermediate values of the forward pass. */
export interface Backward {
    /** `[N, h]` by each node's hidden state. */
    readonly states: Float64Array;
    /** `[N, 3h]` by `Wih * inputs + bih`. */
    readonly inputSums: Float64Array;
    /** `[N, 3h]` by `Whh * before + bhh`. */
    readonly recurrentSums: Float64Array;
    /** `[P, V]` by the logits. */
    readonly logits: Float64Array;
}
/** Builds the prefix forest of `pairs`. */
export declare function prepareBatch(shape: GruShape, pairs: PairSet): Batch;
/** Levels of a forest as ranges of nodes, roots first. */
export declare function levelsOf(forest: PrefixForest): readonly {
    readonly from: number;
    readonly to: number;
}[];
/** Copies each parent's row to its children in `from <= node < to`; a root's row stays as it is. */
export declare function inheritRows(out: Float64Array, table: Float64Array, forest: PrefixForest, columns: number, from: number, to: number): void;
/** Adds each node's row in `from <= node < to` to its parent's; a root's row goes nowhere. */
export declare function addRowsToParents(out: Float64Array, rows: Float64Array, forest: PrefixForest, columns: number, from: number, to: number): void;
/** The model's loss on `batch`, and every intermediate value. */
export declare function forwardPass(batch: Batch, parameters: Float64Array): Forward;
/** Adds the gradient of the loss to `gradient`, and gives what `addHessianVectorProduct` needs of the pass. */
export declare function backwardPass(batch: Batch, parameters: Float64Array, forward: Forward, gradient: Float64Array): Backward;
