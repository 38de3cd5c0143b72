import { leavesOf } from '../../base/files/tree.js';
import { suggestion } from '../../base/nearest-name.js';
import { printable } from '../../base/terminal-text.js';
import { namesInGraph } from '../../pipeline/load-pipeline.js';
import { createManifestReader, differences, findSimilar } from '../../pipeline/plan/explain.js';
import type { PlannedNode } from '../../pipeline/plan/plan.js';
import { isPipelineName, looksLikePath } from '../find-pipeline.js';
import { openProject, type PlannedProject, type PlanningOptions } from '../open-project.js';
import {
  createReasons,
  knownPreimage,
  latestSegmentBefore,
  type NodeHistory,
  openNodeHistory,
  type ReasonFor,
} from '../reasons.js';
import { type CommonOptions, openTerminal } from '../terminal.js';

export type ExplainOptions = CommonOptions & PlanningOptions;

interface Explanation {
  readonly node: string;
  readonly state: PlannedNode['state'];
  readonly key?: string;
  /** Whether no run of this pipeline has got to this node. */
  readonly new: boolean;
  /** Why it runs although its key is that of the latest run that had it. */
  readonly reason?: string;
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
  if (file !== undefined && !isPipelineName(file) && !looksLikePath(file)) {
    return terminal.fail([
      { reason: 'usage', message: `${file} is no pipeline file`, hint: 'the name of one ends in .yaml' },
    ]);
  }
  const project = await openProject(file === undefined ? [] : [file], options);
  if (!project.ok) return terminal.fail(project.failure);
  const { plan } = project.value;
  const planned = plan.nodes.filter(({ node }) => node.step === step || node.id === step);
  if (planned.length === 0) {
    const hint = suggestion(step, namesInGraph(plan.nodes.map(({ node }) => node)));
    return terminal.fail([
      {
        reason: 'unknown-step',
        message: `there is no step ${step} in ${plan.graph.file}`,
        ...(hint === undefined ? {} : { hint }),
      },
    ]);
  }
  const history = openNodeHistory(project.value);
  const reasonFor = createReasons(project.value, history);
  const explanations: Explanation[] = [];
  for (const one of planned) explanations.push(await explainNode(one, project.value, history, reasonFor));
  if (terminal.json) {
    terminal.document({ nodes: explanations });
    return 0;
  }
  for (const alike of groupAlike(explanations)) {
    for (const line of linesOf(alike)) terminal.show(printable(line));
  }
  return 0;
}

async function explainNode(
  planned: PlannedNode,
  project: PlannedProject,
  history: NodeHistory,
  reasonFor: ReasonFor,
): Promise<Explanation> {
  const { node, state, key } = planned;
  const { store, codes } = project;
  const preimage = knownPreimage(project, planned);
  const others = async function* () {
    for await (const entry of store.entries()) if (entry.key !== key) yield entry;
  };
  const [listed] = history.listingsOf(node.id);
  if (state === 'run' && key !== undefined && listed?.key === key) {
    const reason = await reasonFor(node, preimage, key);
    return {
      node: node.id,
      state,
      key,
      new: false,
      reason,
      compared_with: `run ${listed.run}`,
      differences: [],
    };
  }
  const comparable =
    (await history.latestOf(node.id)) ??
    (await latestSegmentBefore(project, history, node)) ??
    (await findSimilar(preimage, others()));
  const compared = comparable && {
    compared_with: comparable.source,
    differences: await differences(comparable.preimage, preimage, createManifestReader(codes, store)),
  };
  return {
    node: node.id,
    state,
    ...(key === undefined ? { waits_for: openInputs(planned, project) } : { key }),
    new: listed === undefined,
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

/** Explanations that differ in their nodes and keys only, together; in the order of the first of each. */
function groupAlike(explanations: readonly Explanation[]): readonly (readonly Explanation[])[] {
  const groups = new Map<string, Explanation[]>();
  for (const explanation of explanations) {
    const { node: _, key, ...rest } = explanation;
    const name = JSON.stringify({ ...rest, hasKey: key !== undefined });
    groups.set(name, [...(groups.get(name) ?? []), explanation]);
  }
  return [...groups.values()];
}

/** The first few of nodes. */
const namedNodes = 3;

function linesOf(alike: readonly Explanation[]): readonly string[] {
  const [explanation] = alike;
  if (explanation === undefined) return [];
  const { state, key, compared_with, waits_for } = explanation;
  const more = alike.length - namedNodes;
  const nodes = alike.slice(0, namedNodes).map(({ node }) => node);
  const names = `${nodes.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  return [
    key === undefined || alike.length > 1 ? `${names}: ${state}` : `${names}: ${state}, key ${key}`,
    ...(explanation.new ? ['  new: no run of this pipeline has got to this node'] : []),
    ...(explanation.reason === undefined ? [] : [`  ${explanation.reason}`]),
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
