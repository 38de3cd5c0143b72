import { type Tree } from '../../base/files/tree.js';
import type { ObjectReference } from '../../store/entry.js';
import type { GraphNode, Source } from '../graph/graph.js';
/** Output ports of the nodes that are done, by node id. */
export type OutputsByNode = ReadonlyMap<string, {
    readonly [port: string]: Tree<ObjectReference>;
}>;
/** The nodes whose outputs a node takes, each once. */
export declare function nodesNeededBy({ inputs }: Pick<GraphNode, 'inputs'>): readonly string[];
/** The objects at a node's input ports; undefined while one of the nodes they come from is not done. */
export declare function resolveInputs(node: Pick<GraphNode, 'inputs'>, outputs: OutputsByNode): {
    readonly [port: string]: Tree<ObjectReference>;
} | undefined;
/**
 * The objects at the input ports of a node once all that it takes has ended: what failed is missing from lists that may
 * lack elements. Undefined where something else is missing, or such a list would be empty.
 */
export declare function resolveEndedInputs(node: Pick<GraphNode, 'inputs' | 'mayLack'>, outputs: OutputsByNode): {
    readonly [port: string]: Tree<ObjectReference>;
} | undefined;
/** The first list that may lack elements and lacks all, with the nodes that should have given them. */
export declare function emptyList({ inputs, mayLack }: Pick<GraphNode, 'inputs' | 'mayLack'>, outputs: OutputsByNode): {
    readonly port: string;
    readonly sources: readonly string[];
} | undefined;
/** The first thing that a node takes and that is not there. */
export declare function missingSource({ inputs }: Pick<GraphNode, 'inputs'>, outputs: OutputsByNode): Source | undefined;
