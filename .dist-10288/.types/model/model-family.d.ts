import type { GruShape } from './gru/gru-shape.js';
/** One tensor inside the flat parameter vector, row-major. */
export interface ParameterTensor {
    /** PyTorch's name of it, e.g. `gru.weight_ih_l0`. */
    readonly name: string;
    readonly shape: readonly number[];
    /** First index in the flat vector. */
    readonly offset: number;
    readonly size: number;
}
/** What an engine must know of a model in order to compute it: one form for each family, each with its items. */
export type ModelShape = GruShape;
/**
 * What everything but an engine knows of a model: where its parameters stand in the flat vector that learning and
 * engines exchange, and what for. Plain data, so that it may as well be read from somewhere as be worked out.
 */
export interface ModelLayout {
    readonly shape: ModelShape;
    /** The shape in words, e.g. `343 items, embedding_size 64 and hidden_size 128`. */
    readonly sizes: string;
    /** One after another, from 0 to the end of the vector. */
    readonly tensors: readonly ParameterTensor[];
    /** Length of the vector. */
    readonly parameterCount: number;
    /** Names of the output layer's tensors, which ANIL alone adapts. */
    readonly head: readonly string[];
    /** Name of the tensor that has a row for each item. */
    readonly itemEmbedding: string;
}
/** A kind of model that can be trained, adapted, and kept in a file. */
export interface ModelFamily<Shape extends ModelShape = ModelShape> {
    layout(shape: Shape): ModelLayout;
    /** Parameters before any training; they depend on the shape and the seed alone. */
    initialParameters(shape: Shape, seed: number): Float64Array | Promise<Float64Array>;
    /** What `shapeOf` goes by, for a message. */
    readonly recognizedBy: string;
    /** The shape of a model of this family that has these tensors; undefined where they are of something else. */
    shapeOf(tensors: ReadonlyMap<string, {
        readonly shape: readonly number[];
    }>): Shape | undefined;
}
