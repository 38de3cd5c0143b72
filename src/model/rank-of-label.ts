/**
 * Rank of item `label` among `scores[from .. from + items)`: 1 + items scored higher + equal-scored items of lower
 * id. 0 where a score is not a finite number, so that a model that diverged never looks right.
 */
export function rankOfLabel(
  scores: Float64Array | Float32Array,
  from: number,
  items: number,
  label: number,
): number {
  const own = scores[from + label] ?? Number.NaN;
  let rank = 1;
  for (let item = 0; item < items; item++) {
    const score = scores[from + item] ?? Number.NaN;
    if (!Number.isFinite(score)) return 0;
    if (score > own || (score === own && item < label)) rank++;
  }
  return rank;
}
