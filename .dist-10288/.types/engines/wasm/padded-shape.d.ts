import type { GruShape } from '../../model/gru/gru-shape.js';
import type { ParameterTensor } from '../../model/model-family.js';
import type { Parameters } from '../engine.js';
/** One tensor's place in the kernel's memory: `blocks` of `rows x columns`, each padded with zeros. */
interface PaddedTensor {
    readonly tensor: ParameterTensor;
    readonly blocks: number;
    readonly rows: number;
    readonly columns: number;
    /** Floats from one block, and from one row, to the next. */
    readonly blockStride: number;
    readonly rowStride: number;
    /** Index of the first float among the padded parameters. */
    readonly offset: number;
}
/**
 * The kernel's own arrangement of the parameters: the embedding, then the dense block (`gru.weight_ih_l0`,
 * `gru.weight_hh_l0`, both biases, `fc.bias`, `fc.weight`), every size padded to a multiple of 8 with zeros, which the
 * network leaves zero. A gate is padded on its own.
 */
export interface PaddedShape {
    readonly shape: GruShape;
    readonly width: number;
    readonly embedding: number;
    readonly hidden: number;
    /** Floats of the embedding, of the dense block, and of both. */
    readonly embeddingFloats: number;
    readonly denseFloats: number;
    readonly floats: number;
    readonly tensors: readonly PaddedTensor[];
}
/** The tensors in the kernel's order, `embedding.weight` first. */
export declare const kernelOrder: readonly string[];
export declare function padShape(shape: GruShape): PaddedShape;
/** Writes parameters into the kernel's arrangement; `to` is `floats` long. */
export declare function pad(padded: PaddedShape, parameters: Parameters, to: Float32Array): void;
/** Reads the dense block, `from`, back into the flat vector `to`; the embedding is left as it is. */
export declare function unpadDense(padded: PaddedShape, from: Float32Array, to: Float32Array): void;
/** A vector of rates that all are `rate`. */
export declare function uniformRates(shape: GruShape, rate: number): Float32Array;
export {};
