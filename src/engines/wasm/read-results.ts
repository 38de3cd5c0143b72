import { parameterCount, parameterLayout } from '../../model/gru/parameter-layout.js';
import type { Drift } from '../engine.js';
import { mean } from '../mean.js';
import { kernelOrder, unpadDense } from './padded-shape.js';
import type { LocalTask } from './planned-task.js';
import type { PlacedWork, WeightedLoss, WorkLayout } from './work-layout.js';

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

/** What the losses of each task come to, each counted as its weight says. */
export function readLosses(
  { memory }: WorkLayout,
  placed: readonly PlacedWork[],
  losses: readonly WeightedLoss[],
): Float64Array {
  return Float64Array.from(placed, ({ losses: from, pairs }) => {
    let sum = 0;
    for (const [index, { weight }] of losses.entries()) {
      if (weight !== 0) sum += weight * mean(memory.doubles(from + index * pairs * 8, pairs));
    }
    return sum;
  });
}

/** The mean loss of each query set of a stack. */
export function readStack(
  { memory }: WorkLayout,
  { losses }: PlacedWork,
  stack: readonly LocalTask[] = [],
): readonly number[] {
  let from = losses;
  return stack.map(({ query: { labels } }) => {
    from += labels.length * 8;
    return mean(memory.doubles(from - labels.length * 8, labels.length));
  });
}

/** The gradient by the rates of each step and tensor, as `LayerRates` has them: the sum over the tasks. */
export function readLayerGradient(
  { shape, memory }: WorkLayout,
  placed: readonly PlacedWork[],
  steps: number,
): Float32Array {
  const tensors = kernelOrder.length;
  const sums = new Float64Array(steps * tensors);
  const places = kernelOrder.map((name) =>
    parameterLayout(shape.shape).findIndex((tensor) => tensor.name === name),
  );
  for (const { layerGradient } of placed) {
    for (const [i, value] of memory.doubles(layerGradient, sums.length).entries()) {
      const tensor = i % tensors;
      // Every tensor of the kernel has a place in the layout.
      sums[i - tensor + places[tensor]!]! += value;
    }
  }
  return Float32Array.from(sums);
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
