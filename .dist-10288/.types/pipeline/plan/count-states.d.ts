import type { PlanState } from './plan.js';
/** How many nodes of a plan are in each state. */
export type PlanCounts = {
    readonly [state in PlanState]: number;
};
/** Counts nodes by their state. */
export declare function countStates(nodes: readonly {
    readonly state: PlanState;
}[]): PlanCounts;
