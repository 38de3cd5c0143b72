import type { PairSet } from '../../data/pair-set.js';

/** `values` in at most `parts` consecutive parts, none empty, whose lengths differ by at most 1. */
export function inParts<Value>(values: readonly Value[], parts: number): readonly (readonly Value[])[] {
  const count = Math.min(parts, values.length);
  const from = (part: number) => Math.floor((part * values.length) / count);
  return Array.from({ length: count }, (_, part) => values.slice(from(part), from(part + 1)));
}

/** The pairs at `indices`, in that order. */
export function pairsAt(pairs: PairSet, indices: readonly number[]): PairSet {
  const prefixes = indices.map((index) =>
    pairs.items.subarray(pairs.offsets[index], pairs.offsets[index + 1]),
  );
  const offsets = [0];
  for (const { length } of prefixes) offsets.push((offsets.at(-1) ?? 0) + length);
  return {
    items: Int32Array.from(prefixes.flatMap((prefix) => [...prefix])),
    offsets: Int32Array.from(offsets),
    labels: Int32Array.from(indices, (index) => pairs.labels[index] ?? 0),
  };
}
