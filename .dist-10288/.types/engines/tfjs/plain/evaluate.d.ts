import * as tf from '@tensorflow/tfjs-core';
import type { GruShape } from '../../../model/gru/gru-shape.js';
import type { PlacedForests } from './placed-forests.js';
import type { VectorTensors } from './vectors.js';
export interface ForwardTensors {
    /** `[W, N, e]` the embedded items. */
    readonly inputs: tf.Tensor3D;
    /** `[W, N, h]` the state before each row's item. */
    readonly before: tf.Tensor3D;
    /** `[W, N, h]` the part of `Whh * before + bhh` that the reset gate multiplies. */
    readonly recurrentCandidate: tf.Tensor3D;
    /** `[W, N, 2h]` reset and update gate. */
    readonly gates: tf.Tensor3D;
    /** `[W, N, h]` */
    readonly candidate: tf.Tensor3D;
    /** `[W, P, h]` the state at the end of each pair's prefix. */
    readonly ends: tf.Tensor3D;
}
/** What the tangent of the backward pass needs of the pass; derivatives are those of the weighted loss. */
export interface BackwardTensors {
    /** `[W, P, V]` softmax of the scores. */
    readonly probabilities: tf.Tensor3D;
    /** `[W, P, V]` by the scores. */
    readonly scores: tf.Tensor3D;
    /** `[W, N, h]` by each row's state. */
    readonly states: tf.Tensor3D;
    /** `[W, N, 3h]` by `Wih * inputs + bih`. */
    readonly inputSums: tf.Tensor3D;
    /** `[W, N, 3h]` by `Whh * before + bhh`. */
    readonly recurrentSums: tf.Tensor3D;
    /** What a row's derivatives are, given that by its state. */
    readonly factors: CellFactors;
}
/** `[W, N, h]` each. */
export interface CellFactors {
    /** From the state to the sum that the candidate is the tanh of. */
    readonly candidate: tf.Tensor3D;
    /** From that sum to the reset gate's. */
    readonly reset: tf.Tensor3D;
    /** From the state to the update gate's sum. */
    readonly update: tf.Tensor3D;
    readonly resetGate: tf.Tensor3D;
    readonly updateGate: tf.Tensor3D;
}
/** The forward pass at `weights`, and the scores `[W, P, V]`. */
export declare function evaluateForward(forests: PlacedForests, weights: VectorTensors, { hidden }: GruShape): {
    readonly forward: ForwardTensors;
    readonly scores: tf.Tensor3D;
};
/** `[pairs]` each pair's unweighted loss, and `[W, P, V]` softmax of the scores. */
export declare function softmaxLoss(forests: PlacedForests, scores: tf.Tensor3D): {
    readonly losses: tf.Tensor1D;
    readonly probabilities: tf.Tensor3D;
};
/** The backward pass: what `vjp` needs, and the gradient. */
export declare function evaluateBackward(forests: PlacedForests, weights: VectorTensors, forward: ForwardTensors, probabilities: tf.Tensor3D, one: tf.Scalar, { hidden }: GruShape): {
    readonly backward: BackwardTensors;
    readonly gradient: VectorTensors;
};
/** The factors level by level. */
export declare function splitFactors(factors: CellFactors, widths: readonly number[]): (level: number) => CellFactors;
