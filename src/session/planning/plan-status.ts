import { identityOf, type RunRecord, readRegister } from '../../artifacts/register.js';
import { type ManifestNode, readManifest } from '../../artifacts/run-documents.js';
import type { Failure } from '../../base/failure.js';
import { type Result, success } from '../../base/result.js';
import { describePlan, type PipelinePlan } from './describe-plan.js';
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
export async function planStatus(
  place: RequestPlace,
  request: PipelineRequest,
): Promise<Result<PipelineStatus, Failure[]>> {
  const plan = await describePlan(place, request);
  if (!plan.ok) return plan;
  const record = readRegister(place.root).runs.findLast(({ pipeline }) => pipeline === plan.value.pipeline);
  if (record === undefined) return success({ plan: plan.value });
  const run = identityOf(record);
  const nodes = readManifest(place.root, run)?.nodes ?? [];
  return success({ plan: plan.value, last: { run, record, nodes } });
}
