/** A transition counts that `next` came right after `last`. */
export interface Transition {
  readonly last: number;
  readonly next: number;
}

/** How often each item came right after each other one. */
export interface TransitionCounts {
  /** Counts once more that `next` came right after `last`. */
  add(transition: Transition): void;
  /** Adds `weight` times the share that each item has of what came after `last` to `scores` `[items]`. */
  addShares(last: number, weight: number, scores: Float64Array): void;
}

/**
 * A Markov chain of the first order by counting: P(next | last) = count(last, next) / count(last), nothing where `last`
 * was never seen. Only pairs that occurred take memory.
 */
export function countTransitions(transitions: Iterable<Transition> = []): TransitionCounts {
  const following = new Map<number, Map<number, number>>();
  const totals = new Map<number, number>();
  const counts: TransitionCounts = {
    add({ last, next }) {
      let row = following.get(last);
      if (row === undefined) {
        row = new Map();
        following.set(last, row);
      }
      row.set(next, (row.get(next) ?? 0) + 1);
      totals.set(last, (totals.get(last) ?? 0) + 1);
    },
    addShares(last, weight, scores) {
      const total = totals.get(last) ?? 0;
      // Items are below the length of the scores.
      for (const [next, count] of following.get(last) ?? []) scores[next]! += (weight * count) / total;
    },
  };
  for (const transition of transitions) counts.add(transition);
  return counts;
}
