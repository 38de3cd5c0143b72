import type { InnerRates, LayerRates } from './layer-rates.js';
import type { ModelLayout } from './model-family.js';
import type { Model } from './model-file.js';

/** What an inner loop may move: every parameter, or the output layer alone, as ANIL does. */
export type AdaptedLayers = 'all' | 'head';

/** What an inner loop moves, and which item, if any, stands for padding: its embedding never learns. */
export interface InnerLoopScope {
  readonly adapt: AdaptedLayers;
  readonly paddingIndex: 0 | null;
}

/**
 * `[parameters]` of 1 for a parameter that the inner loop moves and 0 for one that it leaves as it is; undefined where
 * it moves all of them.
 */
export function scopeFactors(layout: ModelLayout, scope: InnerLoopScope): Float64Array | undefined {
  if (scope.adapt === 'all' && scope.paddingIndex === null) return undefined;
  const factors = new Float64Array(layout.parameterCount).fill(1);
  if (scope.adapt === 'head') {
    for (const { name, offset, size } of layout.tensors) {
      if (!layout.head.includes(name)) factors.fill(0, offset, offset + size);
    }
  }
  if (scope.paddingIndex !== null) clearPaddingRow(layout, factors);
  return factors;
}

/** Sets a vector of the parameters' length to 0 where the embedding of item 0 is; gives the vector. */
export function clearPaddingRow<Vector extends Float32Array | Float64Array>(
  layout: ModelLayout,
  vector: Vector,
): Vector {
  for (const { name, offset, size, shape } of layout.tensors) {
    const [rows = 1] = shape;
    if (name === layout.itemEmbedding) vector.fill(0, offset, offset + size / rows);
  }
  return vector;
}

/** One rate for all parameters where there are no factors, else each one's: `innerRate` times its factor. */
export function scaledRates(
  innerRate: number,
  factors: Float32Array | Float64Array | undefined,
): number | Float64Array {
  return factors === undefined ? innerRate : Float64Array.from(factors, (factor) => innerRate * factor);
}

/** `steps` rows of one rate for each tensor: `innerRate`, and 0 for what the inner loop leaves as it is. */
export function uniformLayerRates(
  layout: ModelLayout,
  { adapt, steps, innerRate }: { adapt: AdaptedLayers; steps: number; innerRate: number },
): LayerRates {
  const row = layout.tensors.map(({ name }) =>
    adapt === 'all' || layout.head.includes(name) ? innerRate : 0,
  );
  return { steps, rates: Float64Array.from(Array.from({ length: steps }, () => row).flat()) };
}

/**
 * The rates at which a model adapts: `innerRate`, times the model's own factors where it has some. An explicit `adapt`
 * takes the place of those factors.
 */
export function innerRatesOf(model: Model, innerRate: number, adapt?: AdaptedLayers | undefined): InnerRates {
  const { layerRateFactors: byLayer } = model;
  if (adapt === undefined && byLayer !== undefined) {
    return { ...byLayer, rates: byLayer.rates.map((factor) => innerRate * factor) };
  }
  const factors =
    adapt === undefined ? model.innerRateFactors : scopeFactors(model.layout, { adapt, paddingIndex: null });
  return scaledRates(innerRate, factors);
}
