import type { ParameterTensor } from '../model/model-family.js';
import type { Drift, Parameters } from './engine.js';

/** How far each tensor moved from `before` to `after`, in Euclidean norms, summed in double precision. */
export function driftOf(
  tensors: readonly ParameterTensor[],
  before: Parameters,
  after: Parameters,
): readonly Drift[] {
  return tensors.map(({ name, offset, size }) => {
    let squareBefore = 0;
    let squareAfter = 0;
    let squareOfChange = 0;
    for (let i = offset; i < offset + size; i++) {
      // Both vectors have the layout's length.
      const from = before[i]!;
      const to = after[i]!;
      squareBefore += from * from;
      squareAfter += to * to;
      squareOfChange += (to - from) * (to - from);
    }
    return {
      tensor: name,
      normBefore: Math.sqrt(squareBefore),
      normAfter: Math.sqrt(squareAfter),
      normOfChange: Math.sqrt(squareOfChange),
    };
  });
}
