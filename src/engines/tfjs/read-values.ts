// From what a device gives back to what the engine promises. Sums are in double precision.
import type { PairSet } from '../../data/pair-set.js';
import type { GruShape } from '../../model/gru/gru-shape.js';
import { parameterLayout } from '../../model/gru/parameter-layout.js';
import type { Drift } from '../engine.js';
import type { ItemSlots } from '../item-slots.js';
import type { PackedForests } from './packed-forests.js';

/** `values` of the packed pairs, put back in the order in which the pairs were given and cut into their sets. */
export function bySet(
  { givenOfPair }: PackedForests,
  sets: readonly PairSet[],
  values: Float32Array,
): readonly Float64Array[] {
  const given = new Float64Array(values.length);
  for (const [pair, index] of givenOfPair.entries()) given[index] = values[pair] ?? Number.NaN;
  let from = 0;
  return sets.map(({ labels: { length } }) => {
    from += length;
    return given.subarray(from - length, from);
  });
}

/** Adds `factor` times what `Passes.sumOverVectors` gave to a flat vector in the order of `parameterLayout`. */
export function addSum(
  total: Float64Array,
  shape: GruShape,
  { vectors, slots, counts, items }: ItemSlots,
  sum: Float32Array,
  factor: number,
): void {
  const { embedding } = shape;
  const dense = shape.items * embedding;
  const rows = total.length - dense;
  // Both arrays have the lengths that the layout and the slots say, which is what each `!` says.
  for (let i = 0; i < rows; i++) total[dense + i]! += factor * sum[i]!;
  for (let vector = 0; vector < vectors; vector++) {
    for (let slot = vector * slots; slot < vector * slots + counts[vector]!; slot++) {
      const row = items[slot]! * embedding;
      for (let c = 0; c < embedding; c++) total[row + c]! += factor * sum[rows + slot * embedding + c]!;
    }
  }
}

/** What each weight vector's tensors are and how far they moved from `start`, of what `Passes.squares` gave. */
export function driftOfSquares(
  shape: GruShape,
  start: Float32Array,
  { vectors, slots, counts, items }: ItemSlots,
  squares: Float32Array,
): readonly (readonly Drift[])[] {
  const layout = parameterLayout(shape);
  const before = layout.map(({ offset, size }) => sumOfSquares(start.subarray(offset, offset + size)));
  const width = layout.length - 1 + slots;
  return Array.from({ length: vectors }, (_, vector) => {
    const after = squares.subarray(vector * width, (vector + 1) * width);
    const change = squares.subarray((vectors + vector) * width, (vectors + vector + 1) * width);
    const own = items.subarray(vector * slots, vector * slots + (counts[vector] ?? 0));
    const ofSlots = (values: Float32Array) =>
      values
        .subarray(layout.length - 1, layout.length - 1 + own.length)
        .reduce((sum, value) => sum + value, 0);
    // Rows without a slot stay what they are.
    const untouched = own.reduce((rest, item) => {
      const row = start.subarray(item * shape.embedding, (item + 1) * shape.embedding);
      return rest - sumOfSquares(row);
    }, before[0] ?? Number.NaN);
    return layout.map(({ name }, index) => ({
      tensor: name,
      normBefore: Math.sqrt(before[index] ?? Number.NaN),
      normAfter: Math.sqrt(
        index === 0 ? Math.max(0, untouched) + ofSlots(after) : (after[index - 1] ?? Number.NaN),
      ),
      normOfChange: Math.sqrt(index === 0 ? ofSlots(change) : (change[index - 1] ?? Number.NaN)),
    }));
  });
}

function sumOfSquares(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return sum;
}
