import type { Failure } from '../../base/failure.js';
import { type Result } from '../../base/result.js';
import type { Publication } from '../../pipeline/graph/graph.js';
import { type PlanCounts } from '../../pipeline/plan/count-states.js';
import type { PlanState } from '../../pipeline/plan/plan.js';
import { type PipelineRequest, type RequestPlace } from './plan-pipeline.js';
/** What would become of a node. */
export interface NodePlan {
    readonly node: string;
    readonly step: string;
    readonly kind: string;
    /** The node of the step that it makes a port from; absent of one that the pipeline itself names. */
    readonly derived_from?: string;
    readonly state: PlanState;
    /** Known unless the state is `depends`. */
    readonly key?: string;
    /** Why it would run, or what has changed beside its inputs; absent where there is nothing to say. */
    readonly reason?: string;
    /** What there is to know of the step beside what becomes of it. */
    readonly note?: string;
}
/** What a run of a pipeline would do. */
export interface PipelinePlan {
    readonly pipeline: string;
    /** Its file, relative to the root. */
    readonly file: string;
    readonly engine: string;
    readonly counts: PlanCounts;
    /** In an order in which what a node needs comes earlier. */
    readonly nodes: readonly NodePlan[];
    /** Files of the project that a run would publish. */
    readonly publications: readonly Publication[];
    /** What is no error and worth knowing. */
    readonly warnings: readonly Failure[];
}
/** What to plan, and for what. */
export interface PlanRequest extends PipelineRequest {
    /** Whether it is refused where a run would be: an engine that cannot compute here, a tag that is taken. */
    readonly forRun?: boolean;
    /** The tag that the run would have. */
    readonly tag?: string;
}
/** Plans a pipeline, with a reason for each node that is no hit. */
export declare function describePlan(place: RequestPlace, { forRun, tag, ...request }: PlanRequest): Promise<Result<PipelinePlan, Failure[]>>;
