import type { ParameterTensor } from '../model-family.js';
import type { GruShape } from './gru-shape.js';

/**
 * The tensors of the model in the order of the flat parameter vector, named and shaped as the PyTorch modules
 * `embedding`, `gru` (gate order r, z, n; both bias vectors) and `fc` have them in `state_dict()`.
 */
export function parameterLayout(shape: GruShape): readonly ParameterTensor[] {
  const { items, embedding, hidden } = shape;
  const shapes: readonly (readonly [string, readonly number[]])[] = [
    ['embedding.weight', [items, embedding]],
    ['gru.weight_ih_l0', [3 * hidden, embedding]],
    ['gru.weight_hh_l0', [3 * hidden, hidden]],
    ['gru.bias_ih_l0', [3 * hidden]],
    ['gru.bias_hh_l0', [3 * hidden]],
    ['fc.weight', [items, hidden]],
    ['fc.bias', [items]],
  ];
  let offset = 0;
  return shapes.map(([name, tensorShape]) => {
    const size = tensorShape.reduce((product, extent) => product * extent, 1);
    const tensor = { name, shape: tensorShape, offset, size };
    offset += size;
    return tensor;
  });
}

/** How many parameters the model has: 140,695 at 343 items, embedding 64, hidden 128. */
export function parameterCount(shape: GruShape): number {
  return parameterLayout(shape).reduce((sum, tensor) => sum + tensor.size, 0);
}
