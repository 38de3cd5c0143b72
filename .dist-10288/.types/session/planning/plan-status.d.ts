import { type RunRecord } from '../../artifacts/register.js';
import { type ManifestNode } from '../../artifacts/run-documents.js';
import type { Failure } from '../../base/failure.js';
import { type Result } from '../../base/result.js';
import { type PipelinePlan } from './describe-plan.js';
import type { PipelineRequest, RequestPlace } from './plan-pipeline.js';
/** A plan beside what there was. */
export interface PipelineStatus {
    readonly plan: PipelinePlan;
    /** The latest run of the pipeline; absent where there was none. */
    readonly last?: {
        readonly run: string;
        readonly record: RunRecord;
        /** Empty where its folder is gone. */
        readonly nodes: readonly ManifestNode[];
    };
}
/** Plans a pipeline, and looks up what its latest run did. */
export declare function planStatus(place: RequestPlace, request: PipelineRequest): Promise<Result<PipelineStatus, Failure[]>>;
