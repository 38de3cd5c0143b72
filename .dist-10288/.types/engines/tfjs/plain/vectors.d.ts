import * as tf from '@tensorflow/tfjs-core';
import type { GruShape } from '../../../model/gru/gru-shape.js';
/**
 * A parameter-space vector for each of W weight vectors; h, e and V are the model's sizes, S the slots. All but the
 * embedding may have a leading dimension of 1 where all are equal.
 */
export interface VectorTensors {
    /** `[W, S, e]` */
    readonly embedding: tf.Tensor3D;
    /** `[W, 3h, e]`, gates r, z, n. */
    readonly inputWeights: tf.Tensor3D;
    /** `[W, 3h, h]` */
    readonly hiddenWeights: tf.Tensor3D;
    /** `[W, 1, 3h]` */
    readonly inputBias: tf.Tensor3D;
    /** `[W, 1, 3h]` */
    readonly hiddenBias: tf.Tensor3D;
    /** `[W, V, h]` */
    readonly outputWeights: tf.Tensor3D;
    /** `[W, 1, V]` */
    readonly outputBias: tf.Tensor3D;
}
/** The tensors after the embedding, in the order of `parameterLayout`. */
export declare const denseNames: readonly ['inputWeights', 'hiddenWeights', 'inputBias', 'hiddenBias', 'outputWeights', 'outputBias'];
/** Tensor by tensor of one vector, or of two. */
export declare function mapVectors(one: VectorTensors, compute: (tensor: tf.Tensor3D, name: keyof VectorTensors) => tf.Tensor3D): VectorTensors;
/** A flat vector on the device: its embedding `[V, e]`, and all else with a leading dimension of 1. */
export interface FlatTensors {
    readonly embedding: tf.Tensor2D;
    readonly dense: Omit<VectorTensors, 'embedding'>;
}
/** Uploads a vector in the order of `parameterLayout(shape)`. */
export declare function uploadFlat(shape: GruShape, vector: Float32Array): FlatTensors;
