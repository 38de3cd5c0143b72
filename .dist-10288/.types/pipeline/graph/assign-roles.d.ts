import type { WaiverSpec } from '../spec/spec.js';
import { type ReportFailure } from '../text/located-value.js';
import type { DraftNode, Graph, GraphNode } from './graph.js';
export interface RolesAssigned {
    readonly nodes: readonly GraphNode[];
    readonly waivers: Graph['waivers'];
}
/**
 * Finds the roles of every output from those of the inputs it is computed from, and refuses steps that learn or choose
 * from test data, unless they are waived. A waiver that is not needed is an error.
 *
 * @param drafts In an order in which every input comes earlier.
 */
export declare function assignRoles(drafts: readonly DraftNode[], waivers: readonly WaiverSpec[], report: ReportFailure): RolesAssigned;
