import * as tf from '@tensorflow/tfjs-core';
import type { GruShape } from '../../../model/gru/gru-shape.js';
import type { DeviceResource } from '../passes.js';
import type { PaddedForests } from './padded-forests.js';
import type { PlacedLists } from './row-operations.js';
export interface PlacedLevel {
    /** Undefined at level 0. */
    readonly parents: tf.Tensor1D | undefined;
    /** Undefined in the last level. */
    readonly children: PlacedLists | undefined;
}
/** Padded forests on the device: W vectors, N rows and P pairs for each, V items. */
export interface PlacedForests extends DeviceResource {
    readonly vectors: number;
    readonly levels: readonly PlacedLevel[];
    /** Rows of each level, for each vector. */
    readonly widths: readonly number[];
    readonly inputs: tf.Tensor1D;
    readonly rowsOfSlot: PlacedLists;
    readonly ends: tf.Tensor1D;
    readonly pairsOfRow: PlacedLists;
    /** `[W, P, 1]` what a pair's loss counts; 0 for padding. */
    readonly weights: tf.Tensor3D;
    /** `[W, P, V]` the weight at the label, 0 elsewhere. */
    readonly targets: tf.Tensor3D;
    /** `[W, P, 1]` */
    readonly labels: tf.Tensor3D;
    /** `[W * P]` each pair's label among all the scores, `[W * P * V]`. */
    readonly labelScores: tf.Tensor1D;
    /** `[pairs]` the place of each pair of the packed forests. */
    readonly placeOfPair: tf.Tensor1D;
    /** `[W, N of level 0, h]` the state before a root. */
    readonly zeroState: tf.Tensor3D;
}
/** Uploads `padded`. */
export declare function placeForests(shape: GruShape, padded: PaddedForests): PlacedForests;
