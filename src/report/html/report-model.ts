import type { Manifest, ManifestNode, Report } from '../../artifacts/run-documents.js';
import type { Digest } from '../../base/canonical.js';
import type { Json, JsonObject } from '../../base/json.js';
import { own } from '../../base/own-properties.js';
import { type Role, type Roles, unionOfRoles } from '../../base/role.js';
import type { Outcome } from '../../run/event.js';
import type { Exhibit } from '../exhibits.js';
import type { LineageRow, RunRows } from './run-rows.js';

/** What a page is made from, as it lies in a run's folder. */
export interface RunContents {
  readonly report: Report;
  readonly manifest: Manifest;
  /** Everything after `extends`, `--set` and substitution. */
  readonly configuration: JsonObject;
  /** By node: what `data.fingerprint` said. */
  readonly fingerprints: { readonly [node: string]: Json };
  readonly rows: RunRows;
  readonly exhibits: readonly ShownExhibit[];
  /** The last lines of the logs of nodes that were executed, by node. */
  readonly logs: ReadonlyMap<string, readonly string[]>;
}

/** What a program made to be looked at; of a picture that a page can hold, its bytes as a URL. */
export type ShownExhibit = Exhibit & { readonly data?: string };

/** A file that a node read or gave. */
export interface FileFact {
  /** Port and path: `episodes/pairs`. */
  readonly name: string;
  /** Node and output that it came from, or a file of the user's. */
  readonly from?: string;
  readonly roles: Roles;
  readonly digest: Digest | null;
  readonly bytes?: number;
}

/** A node, for its details. */
export interface NodeModel {
  readonly node: ManifestNode;
  /** As the user gave them, matrix values included. */
  readonly parameters: { readonly [name: string]: Json };
  readonly inputs: readonly FileFact[];
  readonly outputs: readonly FileFact[];
  readonly log: readonly string[];
  readonly isDeterministic: boolean;
  readonly failure?: Report['failures'][number];
}

/** A step with its nodes. */
export interface StepModel {
  /** `step-3`: where its details are in the page. */
  readonly anchor: string;
  readonly step: string;
  readonly kind: string;
  readonly engines: readonly string[];
  readonly nodes: readonly NodeModel[];
  readonly outcomes: { readonly [outcome in Outcome]?: number };
  /** In this run, and for computing what is there, then or before. */
  readonly seconds: number;
  readonly computedSeconds: number;
  /** What all nodes have in common, and the names of what they differ in. */
  readonly common: readonly (readonly [name: string, value: Json])[];
  readonly varying: readonly string[];
  /** The splits that its outputs were computed from. */
  readonly roles: Roles;
}

/** What flows from a step to another. */
export interface StepEdge {
  readonly from: string;
  readonly to: string;
  readonly inputs: readonly string[];
  readonly roles: Roles;
}

/** The steps of a run in the order of the graph. */
export function stepsOf({ report, manifest, rows, logs }: RunContents): readonly StepModel[] {
  const parameters = groupBy(rows.parameters, ({ node }) => node);
  const lineage = groupBy(rows.lineage, ({ node }) => node);
  const uncertain = new Set(report.not_deterministic);
  const failures = new Map(report.failures.map((failure) => [failure.node, failure]));
  const nodes = manifest.nodes.map((node): NodeModel => {
    const failure = failures.get(node.id);
    return {
      node,
      parameters: Object.fromEntries((parameters.get(node.id) ?? []).map(({ name, value }) => [name, value])),
      inputs: (lineage.get(node.id) ?? []).map(inputFact),
      outputs: Object.entries(node.outputs).map(([name, { digest, bytes }]) => ({
        name,
        roles: own(node.roles, name) ?? [],
        digest,
        bytes,
      })),
      log: logs.get(node.id) ?? [],
      isDeterministic: !uncertain.has(node.id),
      ...(failure === undefined ? {} : { failure }),
    };
  });
  return [...groupBy(withDerived(nodes), ({ node }) => node.step)].map(([step, own], index) =>
    stepOf(step, own, index),
  );
}

/**
 * The nodes, each with the outputs of what is derived from it. A derived node is told by itself only where it did not
 * go the way of that one: where it was computed alone, or failed.
 */
function withDerived(nodes: readonly NodeModel[]): readonly NodeModel[] {
  const derived = groupBy(
    nodes.filter(({ node }) => node.derived_from !== undefined),
    ({ node }) => node.derived_from ?? '',
  );
  const isOwn = ({ node }: NodeModel, from: NodeModel) =>
    node.outcome === 'failed' || (node.outcome === 'ran' && from.node.outcome !== 'ran');
  return nodes.flatMap((one) => {
    if (one.node.derived_from !== undefined) return [];
    const behind = derived.get(one.node.id) ?? [];
    const folded = behind.filter((other) => !isOwn(other, one));
    const outputs = [...folded.flatMap((other) => other.outputs), ...one.outputs];
    return [{ ...one, outputs }, ...behind.filter((other) => isOwn(other, one))];
  });
}

function stepOf(step: string, nodes: readonly NodeModel[], index: number): StepModel {
  const outcomes: { [outcome in Outcome]?: number } = {};
  for (const { node } of nodes) outcomes[node.outcome] = (outcomes[node.outcome] ?? 0) + 1;
  const names = [...new Set(nodes.flatMap(({ parameters }) => Object.keys(parameters)))];
  const texts = (name: string) =>
    new Set(nodes.map(({ parameters }) => JSON.stringify(own(parameters, name))));
  const varying = names.filter((name) => texts(name).size > 1);
  return {
    anchor: `step-${index + 1}`,
    step,
    kind: nodes[0]?.node.kind ?? '',
    engines: [...new Set(nodes.flatMap(({ node }) => node.engine ?? []))],
    nodes,
    outcomes,
    seconds: sum(nodes.map(({ node }) => node.seconds)),
    computedSeconds: sum(nodes.map(({ node }) => node.computed_seconds ?? node.seconds)),
    common: names
      .filter((name) => !varying.includes(name))
      .map((name) => [name, own(nodes[0]?.parameters, name) ?? null] as const),
    varying,
    roles: unionOfRoles(nodes.flatMap(({ outputs }) => outputs.map(({ roles }) => roles))),
  };
}

/** The edges between steps; what segments of one step pass on stays inside it. */
export function edgesOf(manifest: Manifest, lineage: readonly LineageRow[]): readonly StepEdge[] {
  const stepOfNode = new Map(manifest.nodes.map(({ id, step }) => [id, step]));
  const edges = new Map<string, { from: string; to: string; inputs: Set<string>; roles: Roles }>();
  for (const { node, input, source_node, roles } of lineage) {
    const [from, to] = [stepOfNode.get(source_node ?? ''), stepOfNode.get(node)];
    if (from === undefined || to === undefined || from === to) continue;
    const name = JSON.stringify([from, to]);
    const edge = edges.get(name) ?? { from, to, inputs: new Set(), roles: [] };
    edges.set(name, { ...edge, roles: unionOfRoles([edge.roles, rolesIn(roles)]) });
    edge.inputs.add(input.split('/')[0] ?? input);
  }
  return [...edges.values()].map((edge) => ({ ...edge, inputs: [...edge.inputs] }));
}

function inputFact({ input, source_node, source_output, roles, file, digest }: LineageRow): FileFact {
  const from = source_node === null ? file : `${source_node}.${source_output}`;
  return { name: input, roles: rolesIn(roles), digest, ...(from === null ? {} : { from }) };
}

function rolesIn(text: string): Roles {
  return text.split(' ').filter((role) => role !== '') as Role[];
}

function groupBy<Item>(
  items: readonly Item[],
  name: (item: Item) => string,
): ReadonlyMap<string, readonly Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(name(item));
    if (group === undefined) groups.set(name(item), [item]);
    else group.push(item);
  }
  return groups;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
