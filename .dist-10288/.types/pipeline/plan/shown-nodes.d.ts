import type { PlanState } from './plan.js';
/**
 * The nodes without those derived ones that go the way of what they are derived from: such a one is told by itself only
 * where it alone is to run, as after a change of the code that derives it.
 */
export declare function shownNodes<One extends {
    readonly state: PlanState;
}>(nodes: readonly One[], nameOf: (one: One) => {
    readonly id: string;
    readonly derivedFrom?: string | undefined;
}): readonly One[];
