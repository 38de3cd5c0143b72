import * as tf from '@tensorflow/tfjs-core';
import type { GruShape } from '../../../model/gru/gru-shape.js';
import { type BackwardTensors, type ForwardTensors } from './evaluate.js';
import type { PlacedForests } from './placed-forests.js';
import type { VectorTensors } from './vectors.js';
/**
 * The Hessian of the weighted loss at `weights` times `along`, exactly; `forward` and `backward` are the passes there.
 */
export declare function hessianVectorProduct(forests: PlacedForests, weights: VectorTensors, forward: ForwardTensors, backward: BackwardTensors, along: VectorTensors, one: tf.Scalar, shape: GruShape): VectorTensors;
