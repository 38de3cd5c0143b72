import * as tf from '@tensorflow/tfjs-core';
import type { GruShape } from '../../../model/gru/gru-shape.js';
import { parameterLayout } from '../../../model/gru/parameter-layout.js';

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
export const denseNames = [
  'inputWeights',
  'hiddenWeights',
  'inputBias',
  'hiddenBias',
  'outputWeights',
  'outputBias',
] as const;

const names = ['embedding', ...denseNames] as const;

/** Tensor by tensor of one vector, or of two. */
export function mapVectors(
  one: VectorTensors,
  compute: (tensor: tf.Tensor3D, name: keyof VectorTensors) => tf.Tensor3D,
): VectorTensors {
  const entries = names.map((name) => [name, compute(one[name], name)] as const);
  return Object.fromEntries(entries) as unknown as VectorTensors;
}

/** A flat vector on the device: its embedding `[V, e]`, and all else with a leading dimension of 1. */
export interface FlatTensors {
  readonly embedding: tf.Tensor2D;
  readonly dense: Omit<VectorTensors, 'embedding'>;
}

/** Uploads a vector in the order of `parameterLayout(shape)`. */
export function uploadFlat(shape: GruShape, vector: Float32Array): FlatTensors {
  const [embedding, ...dense] = parameterLayout(shape).map((tensor) => {
    const values = vector.subarray(tensor.offset, tensor.offset + tensor.size);
    return { values, shape: tensor.shape };
  });
  if (embedding === undefined) throw new Error('the model has no tensors');
  const entries = denseNames.map((name, index) => {
    const { values = new Float32Array(), shape: own = [] } = dense[index] ?? {};
    const [rows = 1, columns = 1] = own.length === 1 ? [1, ...own] : own;
    // A copy, since a backend may keep the array.
    return [name, tf.tensor3d(values.slice(), [1, rows, columns])] as const;
  });
  return {
    embedding: tf.tensor2d(embedding.values.slice(), [shape.items, shape.embedding]),
    dense: Object.fromEntries(entries) as unknown as FlatTensors['dense'],
  };
}
