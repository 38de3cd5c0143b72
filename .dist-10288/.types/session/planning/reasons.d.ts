import { type ManifestNode } from '../../artifacts/run-documents.js';
import type { Digest } from '../../base/canonical.js';
import type { JsonObject } from '../../base/json.js';
import type { GraphNode } from '../../pipeline/graph/graph.js';
import { type Comparable } from '../../pipeline/plan/explain.js';
import type { PlannedNode } from '../../pipeline/plan/plan.js';
import type { PlannedPipeline } from './plan-pipeline.js';
/** A node as an earlier run listed it. */
export interface Listing {
    /** `<pipeline>/<run>` */
    readonly run: string;
    readonly key: Digest;
    readonly outcome: ManifestNode['outcome'];
}
/** What earlier runs of a pipeline say of its nodes; manifests are read when they are needed, each once. */
export interface NodeHistory {
    /** The runs that list a node with a key, the latest first. */
    listingsOf(node: string): Generator<Listing>;
    /** The pre-image that a node had in the latest run that lists it and whose entry is still there. */
    latestOf(node: string): Promise<Comparable | undefined>;
}
/** Opens the history of the project's pipeline as it is now, before a run adds to it. */
export declare function openNodeHistory({ root, graph, store }: PlannedPipeline): NodeHistory;
/**
 * The pre-image that the node's segment before it had, or the nearest before that; undefined for a node that is no
 * segment, or where no run has had one.
 */
export declare function latestSegmentBefore({ graph }: PlannedPipeline, history: NodeHistory, node: GraphNode): Promise<Comparable | undefined>;
/** What is known of the pre-image of a node in a plan; its inputs may be missing. */
export declare function knownPreimage({ plan, codes }: PlannedPipeline, { node, preimage }: PlannedNode): JsonObject;
/** Says in one line why a node whose pre-image is known has to run. */
export type ReasonFor = (node: GraphNode, preimage: JsonObject, key: Digest) => Promise<string>;
/** Reasons from the difference to the latest run that lists a node. */
export declare function createReasons(project: PlannedPipeline, history?: NodeHistory): ReasonFor;
/** The reasons of all nodes of a plan that are to run, and of those that depend what has changed beside their inputs. */
export declare function reasonsOfPlan(project: PlannedPipeline): Promise<(planned: PlannedNode) => string>;
