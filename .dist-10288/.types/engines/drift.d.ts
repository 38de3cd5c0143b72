import type { ParameterTensor } from '../model/model-family.js';
import type { Drift, Parameters } from './engine.js';
/** How far each tensor moved from `before` to `after`, in Euclidean norms, summed in double precision. */
export declare function driftOf(tensors: readonly ParameterTensor[], before: Parameters, after: Parameters): readonly Drift[];
