import type { Failure } from '../../base/failure.js';
import { printable } from '../../base/terminal-text.js';
import { isPipelineName, looksLikePath } from '../../session/planning/find-pipeline.js';
import { explanationLines } from '../../ui/views/explanation-lines.js';
import { projectOf } from '../open-project.js';
import { type PlanningOptions, pipelineRequest } from '../pipeline-request.js';
import { type CommonOptions, openTerminal } from '../terminal.js';

export type ExplainOptions = CommonOptions & PlanningOptions;

/** `kshot explain STEP [FILE]`: how the keys of a step's nodes differ from those that they had, on stdout. */
export async function explain(options: ExplainOptions, step: string, file?: string): Promise<number> {
  const terminal = openTerminal(options);
  const refused = refusedFile(file);
  if (refused !== undefined) return terminal.fail([refused]);
  const project = await projectOf(options);
  if (!project.ok) return terminal.fail(project.failure);
  const request = pipelineRequest(file === undefined ? [] : [file], options);
  const explanations = await project.value.explain(step, request);
  if (!explanations.ok) return terminal.fail(explanations.failure);
  if (terminal.json) terminal.document({ nodes: explanations.value });
  else for (const line of explanationLines(explanations.value)) terminal.show(printable(line));
  return 0;
}

/** Why what stands behind a step can be no pipeline. */
export function refusedFile(file: string | undefined): Failure | undefined {
  if (file === undefined || isPipelineName(file) || looksLikePath(file)) return undefined;
  return { reason: 'usage', message: `${file} is no pipeline file`, hint: 'the name of one ends in .yaml' };
}
