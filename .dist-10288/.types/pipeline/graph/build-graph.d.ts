import type { Spec } from '../spec/spec.js';
import type { ReportFailure } from '../text/located-value.js';
import { type NodeContext } from './build-nodes.js';
import type { DraftNode } from './graph.js';
import { type StepValue } from './step-value.js';
/** The nodes, in an order in which every input comes earlier, and what each step that is whole gives. */
export interface BuiltGraph {
    readonly nodes: readonly DraftNode[];
    readonly values: ReadonlyMap<string, StepValue>;
}
/** What nodes are made with, the same for all of a pipeline. */
type GraphContext = Omit<NodeContext, 'connect' | 'findFiles'>;
/** Expands and connects the steps; none of them where they would become too many nodes. */
export declare function buildGraph(spec: Spec, surroundings: Pick<GraphContext, 'engines' | 'root' | 'validators' | 'interpreters'>, report: ReportFailure): BuiltGraph;
export {};
