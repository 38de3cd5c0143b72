import { rankOfLabel } from '../model/rank-of-label.js';

/** `[items]`: each item's rank by how often it is a label, from 1; equally popular ones by id. */
export function popularityRanks(labels: Int32Array, itemCount: number): Int32Array {
  const counts = new Float64Array(itemCount);
  // Labels are below the count of items.
  for (const label of labels) counts[label]! += 1;
  return Int32Array.from(counts, (_, item) => rankOfLabel(counts, 0, itemCount, item));
}
