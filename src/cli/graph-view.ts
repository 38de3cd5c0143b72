import { greatest } from '../base/extremes.js';
import { leavesOf } from '../base/files/tree.js';
import { formatCount } from '../base/quantities.js';
import { type Role, type Roles, unionOfRoles } from '../base/role.js';
import { printable } from '../base/terminal-text.js';
import type { Graph } from '../pipeline/graph/graph.js';

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

/** Folds nodes into steps, in the order of execution; an edge stands for all leaves of one input port from one step. */
export function dagOf(graph: Graph): Dag {
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

const rolesText = (roles: readonly Role[]) => (roles.length === 0 ? '' : `[${roles.join(' ')}]`);

/** A line for each step: its kind, what it takes with the roles of that, and what it gives with its roles. */
export function dagText(dag: Dag): readonly string[] {
  const width = greatest(
    dag.steps.map(({ step }) => step.length),
    0,
  );
  const kindWidth = greatest(
    dag.steps.map(({ kind }) => kind.length),
    0,
  );
  const steps = dag.steps.map(({ step, kind, nodes, outputs }) => {
    const inputs = dag.edges
      .filter(({ to }) => to === step)
      .map(({ from, input, roles }) => `${input} <- ${from}${rolesText(roles)}`);
    const given = Object.entries(outputs).map(([port, roles]) => `${port}${rolesText(roles)}`);
    const count = nodes === 1 ? '' : ` (${formatCount(nodes, 'node')})`;
    const taken = inputs.length === 0 ? '' : `  ${inputs.join(', ')}`;
    const gives = given.length === 0 ? '' : `  => ${given.join(', ')}`;
    return printable(`${step.padEnd(width)}  ${kind.padEnd(kindWidth)}${count}${taken}${gives}`.trimEnd());
  });
  const waivers = dag.waivers.map(({ step, reason }) => printable(`waived   ${step}: ${reason}`));
  return [...steps, ...waivers];
}

/** A flowchart for Mermaid. */
export function dagMermaid(dag: Dag): readonly string[] {
  const names = namesOf(dag);
  const label = (text: string) => text.replaceAll('"', '#quot;');
  return [
    'flowchart TD',
    ...dag.steps.map(
      ({ step, kind, nodes }) =>
        `  ${names.get(step)}["${label(step)}<br/>${label(kind)}${nodes === 1 ? '' : ` × ${nodes}`}"]`,
    ),
    ...dag.edges.map(
      ({ from, to, input, roles }) =>
        `  ${names.get(from)} -->|"${label(`${input} ${rolesText(roles)}`.trim())}"| ${names.get(to)}`,
    ),
  ];
}

/** A digraph for Graphviz. */
export function dagDot(dag: Dag): readonly string[] {
  const quoted = (text: string) => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
  return [
    `digraph ${quoted(dag.pipeline)} {`,
    '  node [shape=box];',
    ...dag.steps.map(
      ({ step, kind, nodes }) =>
        `  ${quoted(step)} [label=${quoted(`${step}: ${kind}${nodes === 1 ? '' : ` × ${nodes}`}`)}];`,
    ),
    ...dag.edges.map(
      ({ from, to, input, roles }) =>
        `  ${quoted(from)} -> ${quoted(to)} [label=${quoted(`${input} ${rolesText(roles)}`.trim())}];`,
    ),
    '}',
  ];
}

/** Short names that need no quoting. */
function namesOf(dag: Dag): ReadonlyMap<string, string> {
  return new Map(dag.steps.map(({ step }, index) => [step, `step${index}`]));
}
