import type { GruShape } from './gru-shape.js';
/**
 * Parameters drawn as PyTorch's modules draw theirs by default: `nn.Embedding` from N(0, 1), `nn.GRU` from
 * U(-1/sqrt(hidden), 1/sqrt(hidden)), `nn.Linear` from U(-1/sqrt(fan_in), 1/sqrt(fan_in)), where fan_in is hidden.
 * Each tensor has a stream of its own, so its values depend on the seed and its own size alone.
 */
export declare function initialParameters(shape: GruShape, seed: number): Float64Array;
