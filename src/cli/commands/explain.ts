import { printable } from '../../base/terminal-text.js';
import { leavesOf } from '../../base/tree.js';
import { createManifestReader, differences, findSimilar } from '../../pipeline/explain.js';
import { suggestion } from '../../pipeline/nearest-name.js';
import type { PlannedNode } from '../../pipeline/plan.js';
import { openProject, type PlannedProject, type PlanningOptions } from '../open-project.js';
import { knownPreimage, latestSegmentBefore, type NodeHistory, openNodeHistory } from '../reasons.js';
import { type CommonOptions, openTerminal } from '../terminal.js';

export type ExplainOptions = CommonOptions & PlanningOptions;

interface Explanation {
  readonly node: string;
  readonly state: PlannedNode['state'];
  readonly key?: string;
  /** Whether no run of this pipeline has had this node. */
  readonly new: boolean;
  /** What the key was compared with; absent where there was nothing. */
  readonly compared_with?: string;
  /** All of them, or without a key all but those of inputs. */
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
  planned: PlannedNode,
  project: PlannedProject,
  history: NodeHistory,
): Promise<Explanation> {
  const { node, state, key } = planned;
  const { store, codes } = project;
  const preimage = knownPreimage(project, planned);
  const others = function* () {
    for (const entry of store.entries()) if (entry.key !== key) yield entry;
  };
  const latest = history.latestOf(node.id);
  const comparable = latest ?? latestSegmentBefore(project, history, node) ?? findSimilar(preimage, others());
  const compared = comparable && {
    compared_with: comparable.source,
    differences: await differences(comparable.preimage, preimage, createManifestReader(codes, store)),
  };
  return {
    node: node.id,
    state,
    ...(key === undefined ? { waits_for: openInputs(planned, project) } : { key }),
    new: history.listingsOf(node.id).next().done === true,
    differences: [],
    ...compared,
  };
}

/** The nodes that a node takes something from and that have no result. */
function openInputs({ node }: PlannedNode, { plan }: PlannedProject): readonly string[] {
  const sources = new Set(
    Object.values(node.inputs).flatMap((tree) => [...leavesOf(tree)].map(({ leaf }) => leaf.node)),
  );
  return plan.nodes
    .filter((other) => sources.has(other.node.id) && other.state !== 'hit')
    .map((other) => other.node.id);
}

function linesOf(explanation: Explanation): readonly string[] {
  const { node, state, key, compared_with, waits_for } = explanation;
  return [
    key === undefined ? `${node}: ${state}` : `${node}: ${state}, key ${key}`,
    ...(explanation.new ? ['  new: no run of this pipeline has had this node'] : []),
    ...(compared_with === undefined ? [] : linesOfDifferences(explanation, compared_with)),
    ...(waits_for === undefined
      ? []
      : [`  inputs may change too: its key is known once these have run: ${waits_for.join(', ')}`]),
  ];
}

function linesOfDifferences({ differences, key }: Explanation, comparedWith: string): readonly string[] {
  if (differences.length > 0) {
    return [`  compared with ${comparedWith}:`, ...differences.map((line) => `    ${line}`)];
  }
  const what = key === undefined ? 'parameters, files, code and engine are as in' : 'the same as in';
  return [`  ${what} ${comparedWith}`];
}
