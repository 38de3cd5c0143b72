import type { PlanState } from './plan.js';

/** How many nodes of a plan are in each state. */
export type PlanCounts = { readonly [state in PlanState]: number };

/** Counts nodes by their state. */
export function countStates(nodes: readonly { readonly state: PlanState }[]): PlanCounts {
  const counts = { run: 0, hit: 0, depends: 0 };
  for (const { state } of nodes) counts[state] += 1;
  return counts;
}
