import type { JsonObject } from '../../base/json.js';
import type { Digest, Entry } from '../../store/entry.js';
import type { Graph, GraphNode } from '../graph/graph.js';
/** `run`: will be computed. `hit`: its entry is there. `depends`: its key is known once an input has run. */
export type PlanState = 'run' | 'hit' | 'depends';
export interface PlannedNode {
    readonly node: GraphNode;
    readonly state: PlanState;
    /** Known unless the state is `depends`. */
    readonly key?: Digest;
    readonly preimage?: JsonObject;
    /** Present if and only if the state is `hit`. */
    readonly entry?: Entry;
}
export interface Plan {
    readonly graph: Graph;
    /** Content digests of the external files, by path as written. */
    readonly files: ReadonlyMap<string, Digest>;
    readonly nodes: readonly PlannedNode[];
}
