import type { Demand } from '../pipeline/graph/graph.js';
import { type Resources } from './resources.js';
/** A node as far as it matters for how long a run takes. */
export interface ExpectedNode extends Demand {
    readonly id: string;
    readonly needs: readonly string[];
    /** How long it will take, in seconds; 0 where its result is there. */
    readonly seconds: number;
}
/**
 * How long a run takes, in seconds, where every node takes what is expected and starts as the scheduler would start
 * it. `nodes` stand in an order in which what a node needs comes earlier.
 */
export declare function estimateRun(nodes: readonly ExpectedNode[], total: Resources): number;
