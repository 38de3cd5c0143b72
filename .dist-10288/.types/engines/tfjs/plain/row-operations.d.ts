import * as tf from '@tensorflow/tfjs-core';
/** For each place, rows of a table; the index after its last row stands for a row of zeros. */
export interface PlacedLists {
    readonly width: number;
    /** `[places * width]` */
    readonly indices: tf.Tensor1D;
}
/** Rows `[W, N, c]` times the transposed weights `[W or 1, r, c]`: `[W, N, r]`. */
export declare function product(rows: tf.Tensor3D, weights: tf.Tensor3D): tf.Tensor3D;
/** Rows `[W, N, r]` times the weights `[W or 1, r, c]`: `[W, N, c]`. */
export declare function transposedProduct(rows: tf.Tensor3D, weights: tf.Tensor3D): tf.Tensor3D;
/** Sum over the rows of `[W, N, r]` and `[W, N, c]` of their outer products: `[W, r, c]`. */
export declare function outerProducts(left: tf.Tensor3D, right: tf.Tensor3D): tf.Tensor3D;
/** Sum of the rows, `[W, 1, c]`. */
export declare function sumOfRows(rows: tf.Tensor3D): tf.Tensor3D;
/** Rows of `[W, N, c]` by their indices among all `W * N`; as many for each vector. */
export declare function gatherTensorRows(table: tf.Tensor3D, indices: tf.Tensor1D): tf.Tensor3D;
/** Rows of `[W, N, c]` added up at each place that lists them, as many places for each vector. */
export declare function gatherSums(table: tf.Tensor3D, { indices, width }: PlacedLists): tf.Tensor3D;
/** The rows of `[W, N, c]` level by level; `widths` of the levels sum to N. */
export declare function splitRows(table: tf.Tensor3D, widths: readonly number[]): readonly tf.Tensor3D[];
/** The first `at` columns, and the rest. */
export declare function splitColumns(table: tf.Tensor3D, at: number): readonly [tf.Tensor3D, tf.Tensor3D];
/** Levels of rows one after the other. */
export declare function joinRows(levels: readonly tf.Tensor3D[]): tf.Tensor3D;
/** Tensors side by side. */
export declare function joinColumns(...parts: readonly tf.Tensor3D[]): tf.Tensor3D;
