import type { GruShape } from './gru-shape.js';
import { initialParameters } from './initial-parameters.js';
/** The built-in recommender: embedding, one GRU layer, a linear layer over the items. */
export declare const gru: {
    layout: (shape: GruShape) => {
        shape: GruShape;
        sizes: string;
        tensors: readonly import("../model-family.js").ParameterTensor[];
        parameterCount: number;
        head: string[];
        itemEmbedding: string;
    };
    initialParameters: typeof initialParameters;
    recognizedBy: string;
    shapeOf(tensors: ReadonlyMap<string, {
        readonly shape: readonly number[];
    }>): {
        items: number;
        embedding: number;
        hidden: number;
    } | undefined;
};
