import type { GruShape } from '../../model/gru/gru-shape.js';
/** Views of the model's tensors inside one flat vector: parameters, a gradient, or a direction. */
export interface Tensors {
    /** `[items, embedding]` */
    readonly embedding: Float64Array;
    /** `[3 * hidden, embedding]`, gates r, z, n. */
    readonly inputWeights: Float64Array;
    /** `[3 * hidden, hidden]` */
    readonly hiddenWeights: Float64Array;
    /** `[3 * hidden]` */
    readonly inputBias: Float64Array;
    /** `[3 * hidden]` */
    readonly hiddenBias: Float64Array;
    /** `[items, hidden]` */
    readonly outputWeights: Float64Array;
    /** `[items]` */
    readonly outputBias: Float64Array;
}
/** The tensors of `vector`, which is laid out by `parameterLayout(shape)`; writing to one writes to the vector. */
export declare function tensorsOf(shape: GruShape, vector: Float64Array): Tensors;
