import * as tf from '@tensorflow/tfjs-core';
import type { GruShape } from '../../../model/gru/gru-shape.js';
import type { ItemSlots, PackedForests } from '../packed-forests.js';
import type { DeviceResource, Footprint, GradientEvaluation, Passes } from '../passes.js';
import { type BackwardTensors, type ForwardTensors } from './evaluate.js';
import { type PlacedForests } from './placed-forests.js';
import { type VectorTensors } from './vectors.js';
interface PlainVectors extends DeviceResource {
    readonly vectors: number;
    readonly tensors: VectorTensors;
}
interface PlainValues extends DeviceResource {
    readonly tensor: tf.Tensor1D;
}
type PlainRates = number | PlainVectors;
interface PlainEvaluation extends GradientEvaluation {
    readonly gradient: PlainVectors;
    readonly losses: PlainValues;
    readonly forward: ForwardTensors;
    readonly backward: BackwardTensors;
}
/**
 * The passes in TensorFlow.js' own operations, so on any of its backends: the portable form. Narrow levels make for
 * many small operations.
 */
export declare class PlainPasses implements Passes {
    #private;
    constructor(shape: GruShape);
    enqueue<Made extends object>(make: () => Made): Made;
    footprint(forests: PackedForests): Footprint;
    uploadForests(forests: PackedForests): PlacedForests;
    uploadVector(vector: Float32Array, { vectors, slots, items }: ItemSlots): PlainVectors;
    evaluate(forests: PlacedForests, weights: PlainVectors): PlainEvaluation;
    descend(weights: PlainVectors, rates: PlainRates, gradient: PlainVectors): PlainVectors;
    vjp(forests: PlacedForests, weights: PlainVectors, { forward, backward }: PlainEvaluation, rates: PlainRates, derivative: PlainVectors): PlainVectors;
    addProduct(sum: PlainVectors | undefined, one: PlainVectors, other: PlainVectors): PlainVectors;
    sumOverVectors({ tensors }: PlainVectors): PlainValues;
    ranks(forests: PlacedForests, weights: PlainVectors): PlainValues;
    squares(weights: PlainVectors, start: PlainVectors): PlainValues;
    read(values: readonly PlainValues[]): Promise<readonly Float32Array[]>;
    close(): void;
}
export {};
