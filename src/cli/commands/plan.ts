import { openProject, type PlanningOptions } from '../../session/plan-pipeline.js';
import { reasonsOfPlan } from '../../session/reasons.js';
import { planAsData, planLines, publicationLines } from '../../ui/views/plan-view.js';
import { type CommonOptions, openTerminal } from '../terminal.js';

export type PlanOptions = CommonOptions & PlanningOptions;

/** `kshot plan`: what a run would do, on stdout. */
export async function plan(options: PlanOptions, targets: readonly string[]): Promise<number> {
  const terminal = openTerminal(options);
  const project = await openProject(targets, options);
  if (!project.ok) return terminal.fail(project.failure);
  for (const warning of project.value.graph.warnings) terminal.warn(warning);
  const reasons = await reasonsOfPlan(project.value);
  if (terminal.json) terminal.document(planAsData(project.value.plan, reasons));
  else {
    for (const line of planLines(project.value.plan, terminal.dataStyle, reasons)) terminal.show(line);
    for (const line of publicationLines(project.value.plan, terminal.dataStyle)) terminal.show(line);
  }
  return 0;
}
