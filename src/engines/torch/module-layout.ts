import { FailureError } from '../../base/failure.js';
import type { ModelLayout, ModuleShape, ParameterTensor } from '../../model/model-family.js';

/**
 * The layout of a module that has these tensors, as its process tells them.
 *
 * @throws FailureError `invalid-value` where a pattern of its head fits none of them
 */
export function moduleLayout(
  shape: ModuleShape,
  named: readonly (readonly [name: string, shape: readonly number[]])[],
): ModelLayout {
  let offset = 0;
  const tensors = named.map(([name, extents]): ParameterTensor => {
    const size = extents.reduce((product, extent) => product * extent, 1);
    const tensor = { name, shape: extents, offset, size };
    offset += size;
    return tensor;
  });
  return {
    shape,
    sizes: `${shape.items} items and ${offset} parameters of ${shape.file}:${shape.className}`,
    tensors,
    parameterCount: offset,
    head: shape.head.flatMap((pattern) => namesThatFit(pattern, tensors)),
  };
}

function namesThatFit(pattern: string, tensors: readonly ParameterTensor[]): readonly string[] {
  const words = pattern.split('*').map((word) => word.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  const fitting = tensors.filter(({ name }) => new RegExp(`^${words.join('.*')}$`).test(name));
  if (fitting.length > 0) return fitting.map(({ name }) => name);
  throw new FailureError({
    reason: 'invalid-value',
    message: `head: ${pattern} fits no parameter of the model`,
    hint: `it has ${tensors.map(({ name }) => name).join(', ')}`,
  });
}
