import type { Plan } from '../pipeline/plan/plan.js';
import type { RunStart } from './event.js';
import type { Resources } from './resources.js';
/**
 * What a run will do, step by step, and how long it may take.
 *
 * @param expectedSeconds what a node took before, by its id, as far as that is known
 */
export declare function outlinePlan(plan: Plan, total: Resources, expectedSeconds: ReadonlyMap<string, number>): Pick<RunStart, 'steps' | 'expectedSeconds'>;
