import type { PlanRequest } from '../../session/project.js';
import { plannedExchangeLines } from '../../ui/views/exchange-lines.js';
import { engineLines, planAsData, planLines, publicationLines } from '../../ui/views/plan-view.js';
import { projectOf } from '../open-project.js';
import { type PlanningOptions, pipelineRequest } from '../pipeline-request.js';
import { type CommonOptions, openTerminal } from '../terminal.js';

export type PlanCommandOptions = CommonOptions & PlanningOptions;

/** `kshot plan`: what a run would do, on stdout. */
export async function plan(
  options: PlanCommandOptions,
  targets: readonly string[],
  more: Pick<PlanRequest, 'forRun' | 'tag'> = {},
): Promise<number> {
  const terminal = openTerminal(options);
  const project = await projectOf(options);
  if (!project.ok) return terminal.fail(project.failure);
  const planned = await project.value.plan({ ...pipelineRequest(targets, options), ...more });
  if (!planned.ok) return terminal.fail(planned.failure);
  for (const warning of planned.value.warnings) terminal.warn(warning);
  if (terminal.json) terminal.document(planAsData(planned.value));
  else {
    for (const line of planLines(planned.value, terminal.dataStyle)) terminal.show(line);
    for (const line of engineLines(planned.value, terminal.dataStyle)) terminal.show(line);
    for (const line of publicationLines(planned.value, terminal.dataStyle)) terminal.show(line);
    for (const line of plannedExchangeLines(planned.value.remote, terminal.dataStyle)) terminal.show(line);
  }
  return 0;
}
