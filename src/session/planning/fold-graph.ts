import type { Failure } from '../../base/failure.js';
import { leavesOf } from '../../base/files/tree.js';
import { own } from '../../base/own-properties.js';
import { type Result, success } from '../../base/result.js';
import { type Roles, unionOfRoles } from '../../base/role.js';
import type { Graph } from '../../pipeline/graph/graph.js';
import { expandPipeline, type PipelineRequest, type RequestPlace } from './plan-pipeline.js';

/** A step of the graph with its nodes folded. */
export interface DagStep {
  readonly step: string;
  readonly kind: string;
  /** Without those that are derived from them. */
  readonly nodes: number;
  /** For each output port: the splits that it is computed from, over all nodes. */
  readonly outputs: { readonly [port: string]: Roles };
}

/** What flows from a step to another. */
export interface DagEdge {
  readonly from: string;
  readonly to: string;
  /** The input port of `to`. */
  readonly input: string;
  /** The splits that what flows was computed from. */
  readonly roles: Roles;
}

/** The graph of steps, as `kshot dag --json` prints it. */
export interface Dag {
  readonly version: 1;
  readonly pipeline: string;
  readonly steps: readonly DagStep[];
  readonly edges: readonly DagEdge[];
  readonly waivers: Graph['waivers'];
}

/** The graph of a pipeline's steps. */
export async function foldGraph(
  place: RequestPlace,
  request: PipelineRequest,
): Promise<Result<Dag, Failure[]>> {
  const graph = await expandPipeline(place, request);
  return graph.ok ? success(dagOf(graph.value)) : graph;
}

/** Folds nodes into steps, in the order of execution; an edge stands for all leaves of one input port from one step. */
function dagOf(graph: Graph): Dag {
  const steps = new Map<string, { kind: string; nodes: number; outputs: Map<string, Roles> }>();
  for (const node of graph.nodes) {
    const step = steps.get(node.step) ?? { kind: node.kind, nodes: 0, outputs: new Map() };
    steps.set(node.step, step);
    if (node.derivedFrom === undefined) step.nodes += 1;
    for (const [leaf, roles] of Object.entries(node.roles)) {
      // A bundle's parts have roles of their own, a catalogue's none: the port has those of all.
      const port = leaf.split('/')[0] ?? leaf;
      step.outputs.set(port, unionOfRoles([step.outputs.get(port) ?? [], roles]));
    }
  }
  return {
    version: 1,
    pipeline: graph.name,
    steps: [...steps].map(([step, { kind, nodes: count, outputs }]) => ({
      step,
      kind,
      nodes: count,
      outputs: Object.fromEntries(outputs),
    })),
    edges: edgesBetweenSteps(graph.nodes),
    waivers: graph.waivers,
  };
}

function edgesBetweenSteps(nodes: Graph['nodes']): readonly DagEdge[] {
  const edges = new Map<string, DagEdge>();
  const nodesById = new Map(nodes.map((node) => [node.id, node]));
  const inputs = nodes.flatMap((node) =>
    Object.entries(node.inputs).map(([input, tree]) => ({ to: node.step, input, tree })),
  );
  for (const { to, input, tree } of inputs) {
    for (const { leaf } of leavesOf(tree)) {
      const source = nodesById.get(leaf.node);
      // What a segment takes from the one before it stays inside the step.
      if (source === undefined || source.step === to) continue;
      const from = source.step;
      const name = JSON.stringify([from, to, input]);
      const roles = unionOfRoles([edges.get(name)?.roles ?? [], own(source.roles, leaf.path) ?? []]);
      edges.set(name, { from, to, input, roles });
    }
  }
  return [...edges.values()];
}
