import { printable } from '../../base/terminal-text.js';
import { leavesOf } from '../../base/tree.js';
import { createManifestReader, differences, findComparable } from '../../pipeline/explain.js';
import { suggestion } from '../../pipeline/nearest-name.js';
import type { PlannedNode } from '../../pipeline/plan.js';
import { openProject, type PlannedProject, type PlanningOptions } from '../open-project.js';
import { type NodeHistory, openNodeHistory } from '../reasons.js';
import { type CommonOptions, openTerminal } from '../terminal.js';

export type ExplainOptions = CommonOptions & PlanningOptions;

interface Explanation {
  readonly node: string;
  readonly state: PlannedNode['state'];
  readonly key?: string;
  /** What the key was compared with; absent where there was nothing, or no key. */
  readonly compared_with?: string;
  readonly differences: readonly string[];
  /** Nodes that must run before the key is known. */
  readonly waits_for?: readonly string[];
}

/** `kshot explain STEP [FILE]`: how the keys of a step's nodes differ from those that they had, on stdout. */
export async function explain(options: ExplainOptions, step: string, file?: string): Promise<number> {
  const terminal = openTerminal(options);
  const project = await openProject(file === undefined ? [] : [file], options);
  if (!project.ok) return terminal.fail(project.failure);
  const { plan } = project.value;
  const planned = plan.nodes.filter(({ node }) => node.step === step || node.id === step);
  if (planned.length === 0) {
    const hint = suggestion(step, new Set(plan.nodes.flatMap(({ node }) => [node.step, node.id])));
    return terminal.fail([
      {
        reason: 'unknown-step',
        message: `there is no step ${step} in ${plan.graph.file}`,
        ...(hint === undefined ? {} : { hint }),
      },
    ]);
  }
  const history = openNodeHistory(project.value);
  const explanations: Explanation[] = [];
  for (const one of planned) explanations.push(await explainNode(one, project.value, history));
  if (terminal.json) {
    terminal.data(`${JSON.stringify(explanations)}\n`);
    return 0;
  }
  for (const explanation of explanations) {
    for (const line of linesOf(explanation)) terminal.data(`${printable(line)}\n`);
  }
  return 0;
}

async function explainNode(
  { node, state, key, preimage }: PlannedNode,
  { plan, store, codes }: PlannedProject,
  history: NodeHistory,
): Promise<Explanation> {
  if (key === undefined || preimage === undefined) {
    const sources = new Set(
      Object.values(node.inputs).flatMap((tree) => [...leavesOf(tree)].map(({ leaf }) => leaf.node)),
    );
    const open = plan.nodes.filter((other) => sources.has(other.node.id) && other.state !== 'hit');
    return { node: node.id, state, differences: [], waits_for: open.map((other) => other.node.id) };
  }
  const others = function* () {
    for (const entry of store.entries()) if (entry.key !== key) yield entry;
  };
  const comparable = findComparable(preimage, history.latestOf(node.id), others());
  if (comparable === undefined) return { node: node.id, state, key, differences: [] };
  return {
    node: node.id,
    state,
    key,
    compared_with: comparable.source,
    differences: await differences(comparable.preimage, preimage, createManifestReader(codes, store)),
  };
}

function linesOf(explanation: Explanation): readonly string[] {
  const { node, state, key, compared_with, waits_for } = explanation;
  if (waits_for !== undefined) {
    return [`${node}: depends`, `  its key is known once these have run: ${waits_for.join(', ')}`];
  }
  const head = `${node}: ${state}, key ${key}`;
  if (compared_with === undefined) return [head, '  new: there is nothing to compare it with'];
  if (explanation.differences.length === 0) return [head, `  the same as in ${compared_with}`];
  return [head, `  compared with ${compared_with}:`, ...explanation.differences.map((line) => `    ${line}`)];
}
