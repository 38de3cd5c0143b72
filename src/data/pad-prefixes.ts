import type { PairSet } from './pair-set.js';

/** The same pairs with item 0 appended to every prefix shorter than `length`; a model cannot tell it from a real item 0. */
export function padPrefixes(pairs: PairSet, length: number): PairSet {
  const offsets = new Int32Array(pairs.offsets.length);
  for (let pair = 0; pair < pairs.labels.length; pair++) {
    // Offsets are one more than the pairs.
    const own = pairs.offsets[pair + 1]! - pairs.offsets[pair]!;
    offsets[pair + 1] = offsets[pair]! + Math.max(own, length);
  }
  const items = new Int32Array(offsets.at(-1) ?? 0);
  for (let pair = 0; pair < pairs.labels.length; pair++) {
    items.set(pairs.items.subarray(pairs.offsets[pair], pairs.offsets[pair + 1]), offsets[pair]);
  }
  return { items, offsets, labels: pairs.labels };
}
