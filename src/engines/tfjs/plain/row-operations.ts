// What the passes are made of: tensors of rank 3 with the weight vectors first, then rows, then columns. A tensor of
// weights may have a leading dimension of 1, which stands for all vectors.
import * as tf from '@tensorflow/tfjs-core';

/** For each place, rows of a table; the index after its last row stands for a row of zeros. */
export interface PlacedLists {
  readonly width: number;
  /** `[places * width]` */
  readonly indices: tf.Tensor1D;
}

/** Rows `[W, N, c]` times the transposed weights `[W or 1, r, c]`: `[W, N, r]`. */
export function product(rows: tf.Tensor3D, weights: tf.Tensor3D): tf.Tensor3D {
  return matrixProduct(rows, weights, true);
}

/** Rows `[W, N, r]` times the weights `[W or 1, r, c]`: `[W, N, c]`. */
export function transposedProduct(rows: tf.Tensor3D, weights: tf.Tensor3D): tf.Tensor3D {
  return matrixProduct(rows, weights, false);
}

function matrixProduct(rows: tf.Tensor3D, weights: tf.Tensor3D, transposed: boolean): tf.Tensor3D {
  const [vectors, count, columns] = rows.shape;
  if (weights.shape[0] === vectors) return tf.matMul(rows, weights, false, transposed);
  // One product over the rows of all: not every backend repeats a matrix by itself.
  const stacked = tf.reshape<tf.Rank.R3>(rows, [1, vectors * count, columns]);
  return tf.reshape(tf.matMul(stacked, weights, false, transposed), [vectors, count, -1]);
}

/** Sum over the rows of `[W, N, r]` and `[W, N, c]` of their outer products: `[W, r, c]`. */
export function outerProducts(left: tf.Tensor3D, right: tf.Tensor3D): tf.Tensor3D {
  return tf.matMul(left, right, true, false);
}

/** Sum of the rows, `[W, 1, c]`. */
export function sumOfRows(rows: tf.Tensor3D): tf.Tensor3D {
  return tf.sum(rows, 1, true);
}

/** Rows of `[W, N, c]` by their indices among all `W * N`; as many for each vector. */
export function gatherTensorRows(table: tf.Tensor3D, indices: tf.Tensor1D): tf.Tensor3D {
  const [vectors, count, columns] = table.shape;
  const rows = tf.gather(tf.reshape<tf.Rank.R2>(table, [vectors * count, columns]), indices);
  return tf.reshape(rows, [vectors, -1, columns]);
}

/** Rows of `[W, N, c]` added up at each place that lists them, as many places for each vector. */
export function gatherSums(table: tf.Tensor3D, { indices, width }: PlacedLists): tf.Tensor3D {
  const [vectors, count, columns] = table.shape;
  const flat = tf.reshape<tf.Rank.R2>(table, [vectors * count, columns]);
  const rows = tf.gather(
    tf.pad(flat, [
      [0, 1],
      [0, 0],
    ]),
    indices,
  );
  if (width === 1) return tf.reshape(rows, [vectors, -1, columns]);
  return tf.sum(tf.reshape<tf.Rank.R4>(rows, [vectors, -1, width, columns]), 2);
}

/** The rows of `[W, N, c]` level by level; `widths` of the levels sum to N. */
export function splitRows(table: tf.Tensor3D, widths: readonly number[]): readonly tf.Tensor3D[] {
  return tf.split(table, [...widths], 1);
}

/** The first `at` columns, and the rest. */
export function splitColumns(table: tf.Tensor3D, at: number): readonly [tf.Tensor3D, tf.Tensor3D] {
  const [left, right] = tf.split<tf.Tensor3D>(table, [at, table.shape[2] - at], 2);
  if (left === undefined || right === undefined) throw new Error('split into fewer than two');
  return [left, right];
}

/** Levels of rows one after the other. */
export function joinRows(levels: readonly tf.Tensor3D[]): tf.Tensor3D {
  return tf.concat([...levels], 1);
}

/** Tensors side by side. */
export function joinColumns(...parts: readonly tf.Tensor3D[]): tf.Tensor3D {
  return tf.concat([...parts], 2);
}
