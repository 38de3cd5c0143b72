import type { Failure } from '../../base/failure.js';
import { leavesOf, type Tree } from '../../base/files/tree.js';
import { type Role, type Roles, unionOfRoles } from '../../base/role.js';
import type { Origin, OutputPort, PortShape } from '../../kinds/kind.js';
import type { WaiverSpec } from '../spec/spec.js';
import { failureAt, type ReportFailure } from '../text/located-value.js';
import type { DraftNode, Graph, GraphNode } from './graph.js';
import type { Source } from './port-tree.js';

export interface RolesAssigned {
  readonly nodes: readonly GraphNode[];
  readonly waivers: Graph['waivers'];
}

/**
 * Finds the roles of every output from those of the inputs it is computed from, and refuses steps that learn or choose
 * from test data, unless they are waived. A waiver that is not needed is an error.
 *
 * @param drafts In an order in which every input comes earlier.
 */
export function assignRoles(
  drafts: readonly DraftNode[],
  waivers: readonly WaiverSpec[],
  report: ReportFailure,
): RolesAssigned {
  const nodes = new Map<string, AssignedNode>();
  const waived = new Map<WaiverSpec, readonly string[]>();
  const refused = new Set<string>();
  const rolesOf = createRoleReader(nodes);
  for (const draft of drafts) {
    for (const [name, tree] of leakingInputs(draft, rolesOf)) {
      const path = [...pathFromTest(tree, nodes, rolesOf), `${draft.id}.${name}`];
      const waiver = waivers.find(({ step }) => step === draft.step);
      // One failure says it for all the nodes of a step.
      const place = `${draft.step}.${name}`;
      if (waiver !== undefined) waived.set(waiver, waived.get(waiver) ?? path);
      else if (!refused.has(place)) report(leakFailure(draft, name, path));
      refused.add(place);
    }
    nodes.set(draft.id, { ...draft, roles: rolesOfOutputs(draft, rolesOf) });
  }
  for (const waiver of waivers.filter((one) => !waived.has(one))) {
    const message = `${waiver.step} needs no waiver: it learns and chooses from no test data`;
    report(failureAt(waiver, 'invalid-value', message, { hint: 'take the waiver out' }));
  }
  return {
    nodes: [...nodes.values()].map(({ ports: _, inputLocations: __, ...node }) => node),
    waivers: [...waived].map(([{ step, reason }, path]) => ({ step, reason, path })),
  };
}

type AssignedNode = GraphNode & DraftNode;
type RoleReader = (tree: Tree<Source>) => Roles;

/** Reads the roles of trees of which all nodes have theirs; those of a tree once. */
function createRoleReader(nodes: ReadonlyMap<string, AssignedNode>): RoleReader {
  const known = new WeakMap<Tree<Source>, Roles>();
  return (tree) => {
    const found = known.get(tree);
    if (found !== undefined) return found;
    const roles = new Set<Role>();
    for (const { leaf } of leavesOf(tree)) {
      for (const role of nodes.get(leaf.node)?.roles[leaf.path] ?? []) roles.add(role);
    }
    const union = unionOfRoles([[...roles]]);
    known.set(tree, union);
    return union;
  };
}

/** The inputs that a node learns or chooses from although they come from test data. */
function leakingInputs(
  { inputs, ports }: DraftNode,
  rolesOf: RoleReader,
): readonly (readonly [string, Tree<Source>])[] {
  return Object.entries(inputs).filter(([name, tree]) => {
    const port = ports[name];
    return (port?.learns === true || port?.chooses === true) && rolesOf(tree).includes('test');
  });
}

function leakFailure(
  { step, ports, inputLocations, location }: DraftNode,
  input: string,
  path: readonly string[],
): Failure {
  const verb = ports[input]?.learns === true ? 'learns' : 'chooses';
  const message = `${step} ${verb} from ${input}, which comes from test data`;
  return failureAt({ location: inputLocations[input] ?? location }, 'test-leak', message, {
    details: [path.join(' -> ')],
    hint: `use val for this, or say why it is right: waive: [{ step: ${step}, reason: ... }]`,
  });
}

/** The places that a value of role test went through, from the test data on. */
function pathFromTest(
  tree: Tree<Source>,
  nodes: ReadonlyMap<string, AssignedNode>,
  rolesOf: RoleReader,
): readonly string[] {
  const path: string[] = [];
  let current: Tree<Source> | undefined = tree;
  let derivedFrom: string | undefined;
  while (current !== undefined) {
    const source = sourceOfRole(current, 'test', rolesOf);
    if (source === undefined) break;
    // Every source is a leaf of an earlier node's declared output.
    const node = nodes.get(source.node)!;
    // A derived port is shown as the step's own, which it is made from.
    if (node.id !== derivedFrom) {
      path.unshift(`${node.derivedFrom ?? node.id}.${source.path.replaceAll('/', '.')}`);
    }
    derivedFrom = node.derivedFrom;
    const port = source.path.split('/')[0]!;
    const origin = originOf(source.path, node.outputs[port]!);
    current = contributing(node, port, origin).find((one) => rolesOf(one).includes('test'));
  }
  return path;
}

function rolesOfOutputs(node: DraftNode, rolesOf: RoleReader): GraphNode['roles'] {
  return Object.fromEntries(
    Object.entries(node.outputs).flatMap(([name, output]) => {
      const rolesFrom = (origin: Origin) => {
        // A split of test data is test data still.
        const own = origin.role === undefined ? [] : [origin.role];
        return unionOfRoles([own, ...contributing(node, name, origin).map(rolesOf)]);
      };
      const ofPort = rolesFrom(output);
      return leafPaths(output.shape, name).map((path) => {
        const origin = originOf(path, output);
        return [path, origin === output ? ofPort : rolesFrom(origin)] as const;
      });
    }),
  );
}

/** What decides the roles of a leaf of a port (`train/items`): its own declaration, else the port's. */
function originOf(path: string, output: OutputPort): Origin {
  return output.leaves?.[path.split('/').slice(1).join('/')] ?? output;
}

/** The input trees that an output is computed from. */
function contributing({ inputs, ports }: DraftNode, name: string, { from }: Origin): readonly Tree<Source>[] {
  if (from !== undefined) {
    return from.flatMap((path) => {
      const [port = '', ...below] = path.split('.');
      return below.reduce(subPort, inputs[port]) ?? [];
    });
  }
  return Object.entries(inputs).map(([port, tree]) => {
    // A kind that takes anything, like a command, declares nothing about what it does with the parts.
    const passes = ports[port]?.shape.type === 'bundle';
    return (passes ? subPort(tree, name) : undefined) ?? tree;
  });
}

function subPort(tree: Tree<Source> | undefined, name: string): Tree<Source> | undefined {
  return tree?.type === 'bundle' && Object.hasOwn(tree.ports, name) ? tree.ports[name] : undefined;
}

function sourceOfRole(tree: Tree<Source>, role: Role, rolesOf: RoleReader): Source | undefined {
  for (const { leaf } of leavesOf(tree)) {
    if (rolesOf({ type: 'file', leaf }).includes(role)) return leaf;
  }
  return undefined;
}

function leafPaths(shape: PortShape, path: string): readonly string[] {
  if (shape.type === 'list') {
    return (shape.labels ?? []).flatMap((_, index) => leafPaths(shape.of, `${path}/${index}`));
  }
  if (shape.type !== 'bundle') return [path];
  return Object.entries(shape.ports).flatMap(([name, port]) => leafPaths(port, `${path}/${name}`));
}
