import type { Failure } from '../../base/failure.js';
import { failed, type Result, success } from '../../base/result.js';
import { nodesCalled, noNodeCalled } from '../../pipeline/graph/called-nodes.js';
import { createManifestReader, differences, findSimilar } from '../../pipeline/plan/explain.js';
import type { PlannedNode } from '../../pipeline/plan/plan.js';
import { nodesNeededBy } from '../../pipeline/plan/resolve-inputs.js';
import { shownNodes } from '../../pipeline/plan/shown-nodes.js';
import {
  type PipelineRequest,
  type PlannedPipeline,
  planPipeline,
  type RequestPlace,
} from './plan-pipeline.js';
import {
  createReasons,
  knownPreimage,
  latestSegmentBefore,
  type NodeHistory,
  openNodeHistory,
  type ReasonFor,
} from './reasons.js';

/** How the key of a node differs from the one that it had. */
export interface Explanation {
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

/** Explains the keys of a step's nodes, or of one node. */
export async function explainStep(
  place: RequestPlace,
  step: string,
  request: PipelineRequest,
): Promise<Result<readonly Explanation[], Failure[]>> {
  const planned = await planPipeline(place, request);
  if (!planned.ok) return planned;
  const { plan } = planned.value;
  const shown = new Set(shownNodes(plan.nodes, ({ node }) => node));
  const called = new Set(nodesCalled(plan.graph.nodes, step));
  const nodes = plan.nodes.filter(
    (one) => called.has(one.node) && (one.node.step !== step || one.node.id === step || shown.has(one)),
  );
  if (nodes.length === 0) {
    const { graph } = plan;
    return failed([noNodeCalled(graph.nodes, step, `there is no step ${step} in ${graph.file}`)]);
  }
  const history = openNodeHistory(planned.value);
  const reasonFor = createReasons(planned.value, history);
  const explanations: Explanation[] = [];
  for (const one of nodes) explanations.push(await explainNode(one, planned.value, history, reasonFor));
  return success(explanations);
}

async function explainNode(
  planned: PlannedNode,
  project: PlannedPipeline,
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
    differences: await differences(
      comparable.preimage,
      preimage,
      createManifestReader(codes, store, project.graph.nodes),
    ),
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
function openInputs({ node }: PlannedNode, { plan }: PlannedPipeline): readonly string[] {
  const sources = nodesNeededBy(node);
  return plan.nodes
    .filter((other) => sources.includes(other.node.id) && other.state !== 'hit')
    .map((other) => other.node.id);
}
