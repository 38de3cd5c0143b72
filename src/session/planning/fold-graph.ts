import type { Failure } from '../../base/failure.js';
import { leavesOf } from '../../base/files/tree.js';
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
  const edges = new Map<string, { from: string; to: string; input: string; roles: Roles }>();
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  for (const node of graph.nodes) {
    const step = steps.get(node.step) ?? { kind: node.kind, nodes: 0, outputs: new Map() };
    steps.set(node.step, step);
    if (node.derivedFrom === undefined) step.nodes += 1;
    for (const [leaf, roles] of Object.entries(node.roles)) {
      // A bundle's parts have roles of their own, a catalogue's none: the port has those of all.
      const port = leaf.split('/')[0] ?? leaf;
      step.outputs.set(port, unionOfRoles([step.outputs.get(port) ?? [], roles]));
    }
    for (const [input, tree] of Object.entries(node.inputs)) {
      for (const { leaf } of leavesOf(tree)) {
        const source = nodes.get(leaf.node);
        // What a segment takes from the one before it stays inside the step.
        if (source === undefined || source.step === node.step) continue;
        const name = JSON.stringify([source.step, node.step, input]);
        const before = edges.get(name)?.roles ?? [];
        const roles = unionOfRoles([before, source.roles[leaf.path] ?? []]);
        edges.set(name, { from: source.step, to: node.step, input, roles });
      }
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
    edges: [...edges.values()],
    waivers: graph.waivers,
  };
}
