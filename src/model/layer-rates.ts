import type { ParameterTensor } from './model-family.js';

/**
 * One inner rate for each inner step and tensor (LSLR: Antoniou, Edwards and Storkey, "How to train your MAML", 2019).
 */
export interface LayerRates {
  /** Inner steps that have rates of their own; further ones take those of the last. At least 1. */
  readonly steps: number;
  /** `[steps x tensors]`, tensors in the order of the model's layout. */
  readonly rates: Float32Array | Float64Array;
}

/** What an inner loop's rates may be: one for all, one for each parameter, or one for each step and tensor. */
export type InnerRates = number | Float32Array | Float64Array | LayerRates;

export function isLayerRates(rates: InnerRates): rates is LayerRates {
  return typeof rates === 'object' && 'steps' in rates;
}

/** `[parameters]` the rates of an inner step, counted from 0. */
export function ratesOfStep(
  tensors: readonly ParameterTensor[],
  { steps, rates }: LayerRates,
  step: number,
): Float64Array {
  const from = Math.min(step, steps - 1) * tensors.length;
  const each = new Float64Array(tensors.reduce((count, { size }) => count + size, 0));
  for (const [index, { offset, size }] of tensors.entries()) {
    each.fill(rates[from + index] ?? Number.NaN, offset, offset + size);
  }
  return each;
}
