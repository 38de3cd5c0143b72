import type { RunRecord } from '../artifacts/register.js';
import type { Report } from '../artifacts/run-documents.js';
import type { Failure } from '../base/failure.js';
import type { JsonObject } from '../base/json.js';
import { type Result } from '../base/result.js';
import type { PinChange } from './keeping/change-pins.js';
import type { CacheCheck } from './keeping/check-cache.js';
import type { CollectedGarbage, GarbageRequest } from './keeping/collect-project-garbage.js';
import type { PipelinePlan, PlanRequest } from './planning/describe-plan.js';
import type { Explanation } from './planning/explain-step.js';
import type { Dag } from './planning/fold-graph.js';
import type { PipelineRequest } from './planning/plan-pipeline.js';
import type { PipelineStatus } from './planning/plan-status.js';
import type { ComparedRuns } from './reading/compare-named-runs.js';
import type { FoundLog } from './reading/find-logs.js';
import type { FollowedLogs } from './reading/follow-log.js';
import type { StoredOutput } from './reading/get-output.js';
import type { QueryLimits, QueryText } from './reading/query.js';
import type { RemadePage } from './reading/remake-page.js';
import type { QueryEnd } from './reading/run-query.js';
import type { Run, RunRequest } from './running/run-pipeline.js';
export type { Failure, FailureReason } from '../base/failure.js';
export type { Result } from '../base/result.js';
export type { RunEvent } from '../run/event.js';
export { Interrupted } from './running/interrupted.js';
export type { Run, RunEnd, RunRequest } from './running/run-pipeline.js';
export type { Explanation, PipelinePlan, PipelineRequest, PlanRequest, Report, RunRecord };
/** Where a project is. */
export interface ProjectPlace {
    /** The project's folder, which holds `pipelines/`; default: the nearest from `folder` upwards that does. */
    readonly root?: string;
    /** What paths are relative to; default: the folder that the process works in. */
    readonly folder?: string;
}
/**
 * A project: pipelines, a cache, and the runs there were. What can fail in a way that was thought of gives failures
 * as values, each with a stable `reason` and, where a file of the project is wrong, the place in it. Nothing here
 * prints, ends the process or listens to signals; several projects, and several runs, may be open in one process.
 *
 * A `run` argument names a run: a tag, `PIPELINE/TAG`, `PIPELINE` (its latest run) or `latest`, the default; `~N`
 * after any but a tag is the N-th before it.
 */
export interface Project {
    /** Absolute. */
    readonly root: string;
    /** The files in `pipelines/`, relative to the root. */
    pipelines(): readonly string[];
    /** The runs that have ended, in the order of their starts, as the register has them. */
    runs(): Promise<Result<readonly RunRecord[], Failure[]>>;
    /** The graph of a pipeline's steps, and from which splits what flows is computed. */
    graph(request?: PipelineRequest): Promise<Result<Dag, Failure[]>>;
    /** What a run would do, and why; with `forRun`, refused where a run would be. */
    plan(request?: PlanRequest): Promise<Result<PipelinePlan, Failure[]>>;
    /** The plan, and what the latest run of the pipeline did. */
    status(request?: PipelineRequest): Promise<Result<PipelineStatus, Failure[]>>;
    /** How the keys of a step's nodes, or of one node, differ from those that they had last. */
    explain(step: string, request?: Omit<PipelineRequest, 'targets'>): Promise<Result<readonly Explanation[], Failure[]>>;
    /** Plans a pipeline and begins to compute what is not there yet; fails where it cannot begin. */
    run(request?: RunRequest): Promise<Result<Run, Failure[]>>;
    /** What a run found: metrics, summaries, drift. What is shown was verified against the cache. */
    results(run?: string): Promise<Result<Report, Failure[]>>;
    /** What differs between two runs; `before` is by default the run of the same pipeline before `after`. */
    compare(before?: string, after?: string): Promise<Result<ComparedRuns, Failure[]>>;
    /** The rows of one SELECT or EXPLAIN over the result tables, as `kshot sql` has them: column to value. */
    query(sql: string, limits?: QueryLimits): Promise<Result<readonly JsonObject[], Failure[]>>;
    /** The same as text, piece by piece. */
    queryText(sql: string, text: QueryText): Promise<QueryEnd>;
    /**
     * An output of a run, verified: `NODE.PORT`, or `STEP.PORT` where only one node of the step has it; behind a slash
     * the file of a port that has several.
     */
    get(output: string, run?: string): Promise<Result<StoredOutput, Failure[]>>;
    /** Makes report.html and its figures again from the verified files of a run. */
    remakePage(run?: string): Promise<Result<RemadePage, Failure[]>>;
    /** The logs of a step's nodes, as of the latest run that lists it, or of the one that is named. */
    logs(step: string, run?: string): Promise<Result<readonly FoundLog[], Failure[]>>;
    /**
     * What a run under way writes to the logs of a step, from their beginnings until the node or the run has ended;
     * undefined where no run is under way.
     */
    followLogs(step: string, run?: string): Promise<Result<FollowedLogs | undefined, Failure[]>>;
    /** Pins runs, or takes their pins away, all or none; answers which are pinned. */
    pin(change?: PinChange): Promise<Result<readonly string[], Failure[]>>;
    /** Removes from the cache what neither the last distinct results of any pipeline nor pinned runs reach. */
    collectGarbage(request: GarbageRequest): Promise<Result<CollectedGarbage, Failure[]>>;
    /** Reads every byte of the cache and of the runs; what is bad in the cache is set aside. */
    checkCache(): Promise<Result<CacheCheck, Failure[]>>;
}
/** Opens the project at a place; fails with `file-not-found` where there is none. Each part is loaded on its use. */
export declare function openProject(where?: ProjectPlace): Promise<Result<Project, Failure[]>>;
