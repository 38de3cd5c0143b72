import type { Demand } from '../pipeline/graph/graph.js';
import { type Resources } from './resources.js';
/** What can start, the lowest rank first. */
export declare class ReadyNodes<Node extends Demand & {
    readonly rank: number;
}> {
    private readonly nodes;
    get size(): number;
    /** That of the lowest rank. */
    get first(): Node | undefined;
    add(node: Node): void;
    remove(node: Node): void;
    /** Takes out the first that fits what is free. */
    take(free: Resources): {
        readonly node: Node;
        readonly granted: Resources;
    } | undefined;
}
