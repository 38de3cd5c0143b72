import type { ParameterTensor } from '../model-family.js';
import type { GruShape } from './gru-shape.js';
/**
 * The tensors of the model in the order of the flat parameter vector, named and shaped as the PyTorch modules
 * `embedding`, `gru` (gate order r, z, n; both bias vectors) and `fc` have them in `state_dict()`.
 */
export declare function parameterLayout(shape: GruShape): readonly ParameterTensor[];
/** How many parameters the model has: 140,695 at 343 items, embedding 64, hidden 128. */
export declare function parameterCount(shape: GruShape): number;
