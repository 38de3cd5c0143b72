import type { GruShape } from '../../src/model/gru/gru-shape.js';
import { parameterLayout } from '../../src/model/gru/parameter-layout.js';

type Vector = Float64Array | Float32Array;

/** Euclidean norm. */
export function norm(vector: Vector): number {
  let sum = 0;
  for (const value of vector) sum += value * value;
  return Math.sqrt(sum);
}

/** Norm of the difference over the norm of `expected` (or over 1e-6 where that is smaller: a gradient of nothing). */
export function relativeError(actual: Vector, expected: Vector): number {
  if (actual.length !== expected.length) throw new Error(`${actual.length} numbers, not ${expected.length}`);
  const difference = Float64Array.from(expected, (value, i) => (actual[i] ?? Number.NaN) - value);
  return norm(difference) / Math.max(norm(expected), 1e-6);
}

/** Gradient of `f` at `at` by central differences of fourth order, coordinate by coordinate. */
export async function finiteDifferences(
  f: (at: Float64Array) => number | Promise<number>,
  at: Float64Array,
): Promise<Float64Array> {
  const step = 1e-3;
  const gradient = new Float64Array(at.length);
  for (let i = 0; i < at.length; i++) {
    const moved = async (by: number): Promise<number> => {
      const point = Float64Array.from(at);
      point[i] = (point[i] ?? Number.NaN) + by * step;
      return await f(point);
    };
    const near = (await moved(1)) - (await moved(-1));
    const far = (await moved(2)) - (await moved(-2));
    gradient[i] = (8 * near - far) / (12 * step);
  }
  return gradient;
}

/** Largest relative error of a tensor. Tensors whose gradient is nothing beside the others' count by the largest. */
export function worstTensor(shape: GruShape, found: Vector, expected: Vector): number {
  const parts = parameterLayout(shape).map(({ offset, size }) => {
    const [ours, theirs] = [found, expected].map((all) =>
      Float64Array.from(all.subarray(offset, offset + size)),
    );
    return { ours: ours ?? new Float64Array(), theirs: theirs ?? new Float64Array() };
  });
  const largest = Math.max(...parts.map(({ theirs }) => Math.hypot(...theirs)));
  return Math.max(
    ...parts.map(({ ours, theirs }) => {
      const own = Math.hypot(...theirs);
      return relativeError(ours, theirs) * (own < 1e-3 * largest ? own / (1e-3 * largest) : 1);
    }),
  );
}
