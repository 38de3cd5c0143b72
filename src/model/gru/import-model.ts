import type { Model } from '../model-file.js';
import { malformed } from '../pytorch/malformed.js';
import type { StoredTensor } from '../pytorch/read-checkpoint.js';
import { gru } from './gru.js';
import { mapTensors } from './map-tensors.js';

/** A row of the embedding, and of the output layer where it has it too, that stands for no item. */
export type PaddingRow = 'none' | 'first' | 'last';

/** A model of the built-in GRU, and by whose names its tensors went in the file. */
export interface ImportedModel {
  readonly model: Model;
  /** By the built-in GRU's name: the file's. */
  readonly names: ReadonlyMap<string, string>;
}

/**
 * Makes the built-in GRU's parameters of the tensors of a state dict; in float64 where one of them is.
 *
 * @param options.items how many items the data have, numbered as the rows of the embedding are
 * @param options.source the file as the user knows it
 * @throws FailureError `bad-data`
 */
export function importModel(
  stored: readonly StoredTensor[],
  { items, paddingRow, source }: { items: number; paddingRow: PaddingRow; source: string },
): ImportedModel {
  const { embedding, hidden, tensors } = mapTensors(stored, source);
  const layout = gru.layout({ items, embedding, hidden });
  for (const { name, shape: wanted } of layout.tensors) {
    const tensor = tensors.get(name);
    if (name.startsWith('gru.') || tensor === undefined || tensor.shape[0] === wanted[0]) continue;
    const rows = tensor.shape[0] ?? 0;
    if (rows === items + 1 && paddingRow !== 'none') continue;
    const advice =
      rows === items + 1 ? '; if one of them stands for padding, set padding_row: first, or last' : '';
    throw malformed(source, `${tensor.name} has ${rows} rows, and the data have ${items} items${advice}`);
  }
  // Read only now that the sizes are those of a model.
  const values = layout.tensors.map(({ name, size }) => {
    const tensor = tensors.get(name)?.read();
    // `mapTensors` gives all of the layout's names.
    const numbers = tensor!.values;
    const extra = numbers.length - size;
    return extra > 0 && paddingRow === 'first' ? numbers.subarray(extra) : numbers.subarray(0, size);
  });
  const single = values.every((one) => one instanceof Float32Array);
  const parameters = single
    ? new Float32Array(layout.parameterCount)
    : new Float64Array(layout.parameterCount);
  for (const [index, { offset }] of layout.tensors.entries()) parameters.set(values[index] ?? [], offset);
  return {
    model: { layout, parameters },
    names: new Map([...tensors].map(([name, tensor]) => [name, tensor.name])),
  };
}
