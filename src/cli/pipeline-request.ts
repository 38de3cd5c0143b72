import { isPipelineName } from '../session/planning/find-pipeline.js';
import type { PipelineRequest } from '../session/planning/plan-pipeline.js';

/** Options of the commands that plan. */
export interface PlanningOptions {
  readonly root?: string;
  readonly set?: readonly string[];
  readonly engine?: string;
  readonly python?: string;
  readonly executor?: string;
  /** Steps to force; an empty name stands for all. */
  readonly force?: readonly string[];
}

/** What a command line asks for: its first argument is the pipeline where it ends in .yaml or .yml, the others are targets. */
export function pipelineRequest(
  args: readonly string[],
  { set, engine, python, executor, force }: PlanningOptions,
): PipelineRequest {
  const [first, ...rest] = args;
  const hasFile = first !== undefined && isPipelineName(first);
  return {
    ...(hasFile ? { pipeline: first } : {}),
    targets: hasFile ? rest : args,
    ...(set === undefined ? {} : { set }),
    ...(engine === undefined ? {} : { engine }),
    ...(python === undefined ? {} : { python }),
    ...(executor === undefined ? {} : { executor }),
    ...(force === undefined ? {} : { force: force.includes('') ? true : force }),
  };
}
