import type { GraphNode } from '../pipeline/graph/graph.js';
type Node = Pick<GraphNode, 'id' | 'step' | 'engine'>;
/**
 * The seconds that computing each of these nodes of a pipeline took before: as of the latest run that has a result of
 * it, else the mean over the nodes of its step there, as of a matrix with a new value. A node is left out where there
 * is none, or where another engine computed it.
 */
export declare function earlierDurations(root: string, pipeline: string, nodes: readonly Node[]): ReadonlyMap<string, number>;
export {};
