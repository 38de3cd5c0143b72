import { type Combination, nodesLimit } from './expand-matrix.js';
import { failureAt, type Report } from './located-value.js';
import { findParameter, type StepParameters } from './step-parameters.js';
import type { StepSpec } from './step-spec.js';

/** How many nodes one combination and element become. */
export function segmentsOf({ kind }: StepSpec, { full }: StepParameters): number {
  return kind.segmentation?.count(kind.canonical?.(full) ?? full) ?? 1;
}

/** Says that a step would become so many nodes or more, beside those of the steps before it, and what makes them so many. */
export function refuseSoMany(
  step: StepSpec,
  combination: Combination,
  parameters: StepParameters | undefined,
  { nodes, before }: { readonly nodes: number; readonly before: number },
  report: Report,
): void {
  const countedBy = step.kind.segmentation?.countedBy ?? [];
  const numbers = countedBy.map((name) => `${name} (${JSON.stringify(parameters?.full[name])})`);
  const factors = [...numbers, ...step.matrix.map(({ name }) => `the values of ${name}`)];
  if (step.over.length > 0) factors.push('the list that over goes through');
  const { place } = findParameter(step, combination, countedBy.slice(0, 1));
  report(
    failureAt(
      place,
      'invalid-value',
      `${step.name} would become at least ${nodes} nodes${nodes > nodesLimit ? '' : `, after ${before} of other steps`}; a pipeline may have ${nodesLimit}`,
      { hint: `change ${factors.join(' or ')}` },
    ),
  );
}
