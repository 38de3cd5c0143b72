import { mostRestrictive, unionOfRoles } from '../base/role.js';
import type { Plan, PlannedNode } from '../pipeline/plan/plan.js';
import { nodesNeededBy } from '../pipeline/plan/resolve-inputs.js';
import { estimateRun } from './estimate-run.js';
import type { RunStart, StepOutline } from './event.js';
import type { Resources } from './resources.js';

/**
 * What a run will do, step by step, and how long it may take.
 *
 * @param expectedSeconds what a node took before, by its id, as far as that is known
 */
export function outlinePlan(
  plan: Plan,
  total: Resources,
  expectedSeconds: ReadonlyMap<string, number>,
): Pick<RunStart, 'steps' | 'expectedSeconds'> {
  const stepOf = new Map(plan.nodes.map(({ node }) => [node.id, node.step]));
  const seconds = new Map(
    plan.nodes.map(({ node, state }) => [node.id, state === 'hit' ? 0 : expectedSeconds.get(node.id)]),
  );
  const nodesOf = new Map<string, PlannedNode[]>();
  for (const planned of plan.nodes) {
    const ofStep = nodesOf.get(planned.node.step);
    if (ofStep === undefined) nodesOf.set(planned.node.step, [planned]);
    else ofStep.push(planned);
  }
  const steps = [...nodesOf.values()].map((nodes) => outlineStep(nodes, stepOf, seconds));
  const expected = plan.nodes.map(({ node }) => ({
    id: node.id,
    ...node.resources,
    needs: nodesNeededBy(node),
    seconds: seconds.get(node.id) ?? 0,
  }));
  return steps.every((step) => step.expectedSeconds !== undefined)
    ? { steps, expectedSeconds: estimateRun(expected, total) }
    : { steps };
}

function outlineStep(
  nodes: readonly PlannedNode[],
  stepOf: ReadonlyMap<string, string>,
  seconds: ReadonlyMap<string, number | undefined>,
): StepOutline {
  // A step has a node.
  const { step, kind } = nodes[0]!.node;
  const needs = new Set(
    nodes.flatMap(({ node }) => nodesNeededBy(node).flatMap((id) => stepOf.get(id) ?? [])),
  );
  needs.delete(step);
  const role = mostRestrictive(unionOfRoles(nodes.flatMap(({ node }) => Object.values(node.roles))));
  const known = nodes.map(({ node }) => seconds.get(node.id));
  const own = nodes.filter(({ node }) => node.derivedFrom === undefined);
  const derived = nodes.length - own.length;
  return {
    step,
    kind,
    nodes: own.length,
    ...(derived === 0 ? {} : { derived }),
    hits: own.filter(({ state }) => state === 'hit').length,
    needs: [...needs],
    ...(role === null ? {} : { role }),
    ...(known.includes(undefined)
      ? {}
      : { expectedSeconds: known.reduce<number>((sum, one) => sum + (one ?? 0), 0) }),
  };
}
