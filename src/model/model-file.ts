import { FailureError } from '../base/failure.js';
import { modelFamilies } from './families.js';
import type { LayerRates } from './layer-rates.js';
import type { ModelLayout } from './model-family.js';
import { type NamedTensor, readSafetensors, writeSafetensors } from './safetensors.js';

/** A model as a file holds it; `parameters` are in the order of the layout's tensors. */
export interface Model {
  readonly layout: ModelLayout;
  readonly parameters: Float32Array | Float64Array;
  /**
   * `[parameters]` what the inner loop's rate is multiplied by, where the model was trained to adapt otherwise than at
   * one rate: 0 is frozen, and learned rates stand here relative to the `inner_lr` of training.
   */
  readonly innerRateFactors?: Float32Array | Float64Array;
  /** The same of a model that learned one rate for each inner step and tensor. */
  readonly layerRateFactors?: LayerRates;
}

/** Before a tensor's name: the factors of its inner rates. */
const factorPrefix = 'inner_rate_factors.';
/** `[steps, tensors]`: the factors of the rates of each inner step and tensor. */
const layerFactors = 'layer_rate_factors';

/**
 * The model as safetensors under PyTorch's names, in the precision of `parameters`, then its factors under
 * `inner_rate_factors.` and those names, or as `layer_rate_factors`; equal models, equal bytes.
 */
export function writeModel(model: Model): Uint8Array {
  const tensorsOf = (vector: Float32Array | Float64Array, prefix: string) =>
    model.layout.tensors.map(({ name, shape, offset, size }) => ({
      name: `${prefix}${name}`,
      shape,
      values: vector.subarray(offset, offset + size),
    }));
  const { parameters, innerRateFactors, layerRateFactors: byLayer } = model;
  return writeSafetensors(
    [
      ...tensorsOf(parameters, ''),
      ...(innerRateFactors === undefined ? [] : tensorsOf(innerRateFactors, factorPrefix)),
      ...(byLayer === undefined
        ? []
        : [
            {
              name: layerFactors,
              shape: [byLayer.steps, model.layout.tensors.length],
              values: byLayer.rates,
            },
          ]),
    ],
    { format: 'pt' },
  );
}

/**
 * Reads what `writeModel` or PyTorch (`safetensors.torch.save_file(model.state_dict(), …)`) wrote.
 *
 * @param known the layout of what it must be, where that is no family's
 * @throws FailureError `bad-data`, naming `source`, where the tensors are not those of such a model, or of some family's
 */
export function readModel(bytes: Uint8Array, source: string, known?: ModelLayout): Model {
  const tensors = new Map(readSafetensors(bytes, source).map((tensor) => [tensor.name, tensor]));
  const layout = known ?? layoutOf(tensors, source);
  const single = [...tensors.values()].every(({ values }) => values instanceof Float32Array);
  const vectorOf = (prefix: string): Float32Array | Float64Array => {
    const count = layout.parameterCount;
    const vector = single ? new Float32Array(count) : new Float64Array(count);
    for (const wanted of layout.tensors) {
      const name = `${prefix}${wanted.name}`;
      const found = tensors.get(name);
      if (found === undefined || found.shape.join() !== wanted.shape.join()) {
        throw new FailureError({
          reason: 'bad-data',
          message: `${source}: tensor ${name} should be [${wanted.shape.join(', ')}] and is ${
            found === undefined ? 'missing' : `[${found.shape.join(', ')}]`
          }`,
        });
      }
      vector.set(found.values, wanted.offset);
      tensors.delete(name);
    }
    return vector;
  };
  const parameters = vectorOf('');
  const hasFactors = [...tensors.keys()].some((name) => name.startsWith(factorPrefix));
  const innerRateFactors = hasFactors ? vectorOf(factorPrefix) : undefined;
  const byLayer = tensors.get(layerFactors);
  const [steps = 0, width] = byLayer?.shape ?? [];
  const hasLayerFactors = byLayer?.shape.length === 2 && steps > 0 && width === layout.tensors.length;
  if (hasLayerFactors) tensors.delete(layerFactors);
  const [extra] = tensors.keys();
  if (extra !== undefined) {
    throw new FailureError({
      reason: 'bad-data',
      message: `${source} holds a tensor ${extra}, which this model does not have`,
    });
  }
  return {
    layout,
    parameters,
    ...(innerRateFactors === undefined ? {} : { innerRateFactors }),
    ...(hasLayerFactors ? { layerRateFactors: { steps, rates: byLayer.values } } : {}),
  };
}

function layoutOf(tensors: ReadonlyMap<string, NamedTensor>, source: string): ModelLayout {
  for (const family of modelFamilies) {
    const shape = family.shapeOf(tensors);
    if (shape !== undefined) return family.layout(shape);
  }
  const wanted = modelFamilies.map(({ recognizedBy }) => recognizedBy).join(', or ');
  throw new FailureError({
    reason: 'bad-data',
    message: `${source} holds no model: it wants ${wanted}`,
    hint: 'of a module of your own, say which: model: { python: models/FILE.py:CLASS }',
  });
}
