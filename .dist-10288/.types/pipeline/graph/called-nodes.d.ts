import type { GraphNode } from './graph.js';
type Named = Pick<GraphNode, 'id' | 'step' | 'derivedFrom' | 'label'>;
/**
 * The nodes that a name on a command line stands for: a node's id; a step, which is all of its nodes; `STEP/PORT`, all
 * those that make a port of it; or with values `validate[iterations=500]`, those that have them, be it by the matrix of
 * the step or by what it was made `over`.
 */
export declare function nodesCalled<Node extends Named>(nodes: readonly Node[], name: string): readonly Node[];
/** What a user may call parts of a graph: its steps, ports that are derived from them, then its nodes. */
export declare function namesInGraph(nodes: readonly Named[]): ReadonlySet<string>;
export {};
