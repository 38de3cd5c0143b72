import { FailureError } from '../base/failure.js';
import type { ModelShape } from './model-shape.js';
import { parameterCount, parameterLayout } from './parameter-layout.js';
import { readSafetensors, writeSafetensors } from './safetensors.js';

/** A model as a file holds it; `parameters` are in the order of `parameterLayout(shape)`. */
export interface Model {
  readonly shape: ModelShape;
  readonly parameters: Float32Array | Float64Array;
}

/** The model as safetensors under PyTorch's names, in the precision of `parameters`; equal models, equal bytes. */
export function writeModel(model: Model): Uint8Array {
  return writeSafetensors(
    parameterLayout(model.shape).map(({ name, shape, offset, size }) => ({
      name,
      shape,
      values: model.parameters.subarray(offset, offset + size),
    })),
    { format: 'pt' },
  );
}

/**
 * Reads what `writeModel` or PyTorch (`safetensors.torch.save_file(model.state_dict(), …)`) wrote.
 *
 * @throws FailureError `bad-data`, naming `source`, where the tensors are not those of this model.
 */
export function readModel(bytes: Uint8Array, source: string): Model {
  const tensors = new Map(readSafetensors(bytes, source).map((tensor) => [tensor.name, tensor]));
  const [items, embedding] = tensors.get('embedding.weight')?.shape ?? [];
  const hidden = tensors.get('gru.weight_hh_l0')?.shape[1];
  if (items === undefined || embedding === undefined || hidden === undefined) {
    throw new FailureError({
      reason: 'bad-data',
      message: `${source} holds no model: it wants matrices embedding.weight and gru.weight_hh_l0`,
    });
  }
  const shape = { items, embedding, hidden };
  const single = [...tensors.values()].every(({ values }) => values instanceof Float32Array);
  const count = parameterCount(shape);
  const parameters = single ? new Float32Array(count) : new Float64Array(count);
  for (const wanted of parameterLayout(shape)) {
    const found = tensors.get(wanted.name);
    if (found === undefined || found.shape.join() !== wanted.shape.join()) {
      throw new FailureError({
        reason: 'bad-data',
        message: `${source}: tensor ${wanted.name} should be [${wanted.shape.join(', ')}] and is ${
          found === undefined ? 'missing' : `[${found.shape.join(', ')}]`
        }`,
      });
    }
    parameters.set(found.values, wanted.offset);
    tensors.delete(wanted.name);
  }
  const [extra] = tensors.keys();
  if (extra !== undefined) {
    throw new FailureError({
      reason: 'bad-data',
      message: `${source} holds a tensor ${extra}, which this model does not have`,
    });
  }
  return { shape, parameters };
}
