import type { Failure } from '../../base/failure.js';
import { type Result } from '../../base/result.js';
import type { Digest } from '../../store/entry.js';
import type { Store } from '../../store/store.js';
import type { Graph, GraphNode } from '../graph/graph.js';
import type { CodeDigests } from './code-digests.js';
import type { Plan } from './plan.js';
export interface ForcedNodes {
    /** Nodes that run although there is an entry (`--force`). */
    readonly force?: (node: GraphNode) => boolean;
}
/**
 * Says of every node whether it has to run, from the store's entries and the external files' contents. A hit's
 * outputs are known, so keys are known as far down as the hits go.
 *
 * Fails, all at once, with every external file that cannot be read.
 */
export declare function makePlan(graph: Graph, store: Pick<Store, 'find' | 'digestFile' | 'getText'>, codes: CodeDigests, { force }?: ForcedNodes): Promise<Result<Plan, Failure[]>>;
/** The digests of a node's external files by name, from those of the plan. */
export declare function fileDigestsOf(node: GraphNode, files: Plan['files']): {
    readonly [name: string]: Digest;
};
/** Where an external file is on disk. */
export declare function absolutePath(root: string, path: string): string;
