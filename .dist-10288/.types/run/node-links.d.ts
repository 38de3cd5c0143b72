import type { GraphNode } from '../pipeline/graph/graph.js';
import type { Entry } from '../store/entry.js';
import type { Store } from '../store/store.js';
/**
 * Links in a run's folder by which people find what its nodes write: the folder of one that runs or failed, and the
 * outputs of one that is done. A file system that has no links, or takes no more, has none: a run does without.
 */
export declare class NodeLinks {
    private readonly folder;
    private readonly store;
    /** What stands there by now: of thousands of hits, looking costs as much as making. */
    private readonly made;
    /** @param folder of a run, `artifacts/<pipeline>/<run>/nodes`, absolute; made when it is needed */
    constructor(folder: string, store: Pick<Store, 'objectPath'>);
    /** The node works in this folder. */
    point(node: GraphNode, target: string): string | undefined;
    /** The node failed, and what it had written is kept in this folder; what was kept of it before goes. */
    keep(node: GraphNode, target: string): string | undefined;
    /** The node came to nothing, and left nothing. */
    remove(node: GraphNode): void;
    /** The node is done: its outputs under the names that its program gave them, else their ports'. */
    finish(node: GraphNode, outputs: Entry['outputs']): void;
    private pathOf;
    /** Makes place for what takes a node's name. */
    private clear;
    /** What earlier runs of the pipeline kept of the node, under other keys. */
    private dropEarlier;
    private attempt;
}
