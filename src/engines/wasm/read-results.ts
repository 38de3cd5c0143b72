import { parameterCount, parameterLayout } from '../../model/gru/parameter-layout.js';
import type { Drift } from '../engine.js';
import { kernelOrder, unpadDense } from './padded-shape.js';
import type { PlacedWork, WorkLayout } from './work-layout.js';

/** The dense sum at `total` and the plans' embedding rows, added in the plans' order, as a flat vector. */
export function readGradient(
  { shape: padded, memory }: WorkLayout,
  total: number,
  placed: readonly PlacedWork[],
  rowsOf: (one: PlacedWork) => number,
): Float32Array {
  const { shape, embedding, denseFloats } = padded;
  const gradient = new Float32Array(parameterCount(shape));
  unpadDense(padded, memory.floats(total, denseFloats), gradient);
  const placeOf = new Map<number, number>();
  for (const { itemIds } of placed) {
    for (const item of itemIds) if (!placeOf.has(item)) placeOf.set(item, placeOf.size);
  }
  const size = shape.embedding;
  const sums = new Float64Array(placeOf.size * size);
  for (const one of placed) {
    const rows = memory.floats(rowsOf(one), one.itemIds.length * embedding);
    for (const [row, item] of one.itemIds.entries()) {
      // Every item has a place, and both rows are within their arrays.
      const to = placeOf.get(item)! * size;
      const from = row * embedding;
      for (let i = 0; i < size; i++) sums[to + i]! += rows[from + i]!;
    }
  }
  for (const [item, place] of placeOf) {
    gradient.set(sums.subarray(place * size, (place + 1) * size), item * size);
  }
  return gradient;
}

/** How far each tensor moved at the `step`th step count; `embedding` is the squared norm of the whole embedding. */
export function readDrift(
  { shape, memory }: WorkLayout,
  { drift }: PlacedWork,
  step: number,
  embedding: number,
): readonly Drift[] {
  const count = kernelOrder.length * 3;
  const squares = memory.doubles(drift + step * count * 8, count);
  return parameterLayout(shape.shape).map(({ name }) => {
    const at = kernelOrder.indexOf(name) * 3;
    const [before = Number.NaN, after = Number.NaN, change = Number.NaN] = squares.subarray(at, at + 3);
    // Of the embedding, the kernel saw the rows that may move.
    const rest = at === 0 ? embedding - before : 0;
    return {
      tensor: name,
      normBefore: Math.sqrt(before + rest),
      normAfter: Math.sqrt(after + rest),
      normOfChange: Math.sqrt(change),
    };
  });
}
