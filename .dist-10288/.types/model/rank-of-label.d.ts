/**
 * Rank of item `label` among `scores[from .. from + items)`: 1 + items scored higher + equal-scored items of lower
 * id. 0 where a score is not a finite number, so that a model that diverged never looks right.
 */
export declare function rankOfLabel(scores: Float64Array | Float32Array, from: number, items: number, label: number): number;
