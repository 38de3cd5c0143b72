import { randomStream } from '../../base/random.js';
import type { GruShape } from './gru-shape.js';
import { parameterCount, parameterLayout } from './parameter-layout.js';

/**
 * Parameters drawn as PyTorch's modules draw theirs by default: `nn.Embedding` from N(0, 1), `nn.GRU` from
 * U(-1/sqrt(hidden), 1/sqrt(hidden)), `nn.Linear` from U(-1/sqrt(fan_in), 1/sqrt(fan_in)), where fan_in is hidden.
 * Each tensor has a stream of its own, so its values depend on the seed and its own size alone.
 */
export function initialParameters(shape: GruShape, seed: number): Float64Array {
  const parameters = new Float64Array(parameterCount(shape));
  const bound = 1 / Math.sqrt(shape.hidden);
  for (const [index, { name, offset, size }] of parameterLayout(shape).entries()) {
    const random = randomStream(seed, 'initial-parameters', index);
    const draw =
      name === 'embedding.weight' ? () => random.normal() : () => bound * (2 * random.float64() - 1);
    for (let i = offset; i < offset + size; i++) parameters[i] = draw();
  }
  return parameters;
}
