import type { Failure } from '../../base/failure.js';
import { type Result } from '../../base/result.js';
import type { Graph, GraphNode } from '../../pipeline/graph/graph.js';
import { type CodeDigests } from '../../pipeline/plan/code-digests.js';
import type { Plan } from '../../pipeline/plan/plan.js';
import type { Store } from '../../store/store.js';
/** Where a request is made: the root of the project, and the folder that paths are relative to, both absolute. */
export interface RequestPlace {
    readonly root: string;
    readonly folder: string;
}
/** Which pipeline is meant, and what is changed in it. */
export interface PipelineRequest {
    /** Its file, relative to the folder or else to the root; default: the only one, or the one that says so. */
    readonly pipeline?: string;
    /** Steps or nodes to stop at; default: all of them. */
    readonly targets?: readonly string[];
    /** `PATH=YAML`, such as `params.k=10` or `steps.train.with.outer_lr=0.01`; later over earlier. */
    readonly set?: readonly string[];
    /** What to compute with where a step names no engine of its own. */
    readonly engine?: string;
    /** What to compute although there is a result: all, or these steps or nodes. */
    readonly force?: boolean | readonly string[];
}
/** A pipeline, planned against the project's store. */
export interface PlannedPipeline {
    readonly root: string;
    readonly graph: Graph;
    readonly store: Store;
    readonly codes: CodeDigests;
    readonly plan: Plan;
    /** Whether a node is to run although there is a result. */
    readonly isForced: (node: GraphNode) => boolean;
    /** Plans again, after something in the store has changed. */
    replan(): Promise<Result<Plan, Failure[]>>;
}
/** Finds the pipeline and expands it. */
export declare function expandPipeline({ root, folder }: RequestPlace, { pipeline, targets, set, engine }: PipelineRequest): Promise<Result<Graph, Failure[]>>;
/**
 * Finds the pipeline, expands it and plans it.
 *
 * @param opened what is to be done with the store before anything is read from it
 */
export declare function planPipeline(place: RequestPlace, request: PipelineRequest, opened?: (store: Store) => Promise<void>): Promise<Result<PlannedPipeline, Failure[]>>;
