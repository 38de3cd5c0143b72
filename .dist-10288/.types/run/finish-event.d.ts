import type { GraphNode } from '../pipeline/graph/graph.js';
import type { StepFinish } from './event.js';
import type { Settled } from './schedule-state.js';
/** Tells a node's outcome, with the last lines of its log where it failed. */
export declare function finishEvent(node: GraphNode, settled: Settled, root: string): StepFinish;
