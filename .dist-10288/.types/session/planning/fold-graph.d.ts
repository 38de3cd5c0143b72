import type { Failure } from '../../base/failure.js';
import { type Result } from '../../base/result.js';
import { type Roles } from '../../base/role.js';
import type { Graph } from '../../pipeline/graph/graph.js';
import { type PipelineRequest, type RequestPlace } from './plan-pipeline.js';
/** A step of the graph with its nodes folded. */
export interface DagStep {
    readonly step: string;
    readonly kind: string;
    /** Without those that are derived from them. */
    readonly nodes: number;
    /** For each output port: the splits that it is computed from, over all nodes. */
    readonly outputs: {
        readonly [port: string]: Roles;
    };
}
/** What flows from a step to another. */
export interface DagEdge {
    readonly from: string;
    readonly to: string;
    /** The input port of `to`. */
    readonly input: string;
    /** The splits that what flows was computed from. */
    readonly roles: Roles;
}
/** The graph of steps, as `kshot dag --json` prints it. */
export interface Dag {
    readonly version: 1;
    readonly pipeline: string;
    readonly steps: readonly DagStep[];
    readonly edges: readonly DagEdge[];
    readonly waivers: Graph['waivers'];
}
/** The graph of a pipeline's steps. */
export declare function foldGraph(place: RequestPlace, request: PipelineRequest): Promise<Result<Dag, Failure[]>>;
