import { leavesOf, type Tree } from '../../base/files/tree.js';
import { type Role, type Roles, unionOfRoles } from '../../base/role.js';
import type { Origin, OutputPort, PortShape } from '../../kinds/kind.js';
import type { WaiverSpec } from '../spec/spec.js';
import { failureAt, type ReportFailure } from '../text/located-value.js';
import type { DraftNode, Graph, GraphNode, Source } from './graph.js';

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
  const nodes = new Map<string, GraphNode & DraftNode>();
  const waived = new Map<WaiverSpec, readonly string[]>();
  const refused = new Set<string>();
  const known = new WeakMap<Tree<Source>, Roles>();

  const rolesOf = (tree: Tree<Source>): Roles => {
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

  /** The places that a value of role test went through, from the test data on. */
  const pathOf = (tree: Tree<Source>): readonly string[] => {
    const path: string[] = [];
    let current: Tree<Source> | undefined = tree;
    let derivedFrom: string | undefined;
    while (current !== undefined) {
      const source = sourceOfRole(current, 'test', rolesOf);
      if (source === undefined) break;
      // Every source is a leaf of an earlier node's declared output.
      const node = nodes.get(source.node)!;
      // A derived port is told as the step's own, which it is made from.
      if (node.id !== derivedFrom) {
        path.unshift(`${node.derivedFrom ?? node.id}.${source.path.replaceAll('/', '.')}`);
      }
      derivedFrom = node.derivedFrom;
      const port = source.path.split('/')[0]!;
      const origin = originOf(source.path, node.outputs[port]!);
      current = contributing(node, port, origin).find((one) => rolesOf(one).includes('test'));
    }
    return path;
  };

  for (const draft of drafts) {
    for (const [name, tree] of Object.entries(draft.inputs)) {
      const port = draft.ports[name];
      if ((port?.learns !== true && port?.chooses !== true) || !rolesOf(tree).includes('test')) continue;
      const verb = port.learns === true ? 'learns' : 'chooses';
      const path = [...pathOf(tree), `${draft.id}.${name}`];
      const waiver = waivers.find(({ step }) => step === draft.step);
      if (waiver !== undefined) {
        if (!waived.has(waiver)) waived.set(waiver, path);
        continue;
      }
      // One failure says it for all the nodes of a step.
      if (refused.has(`${draft.step}.${name}`)) continue;
      refused.add(`${draft.step}.${name}`);
      report(
        failureAt(
          { location: draft.inputLocations[name] ?? draft.location },
          'test-leak',
          `${draft.step} ${verb} from ${name}, which comes from test data`,
          {
            details: [path.join(' -> ')],
            hint: `use val for this, or say why it is right: waive: [{ step: ${draft.step}, reason: ... }]`,
          },
        ),
      );
    }
    nodes.set(draft.id, { ...draft, roles: rolesOfOutputs(draft, rolesOf) });
  }

  for (const waiver of waivers) {
    if (waived.has(waiver)) continue;
    report(
      failureAt(
        waiver,
        'invalid-value',
        `${waiver.step} needs no waiver: it learns and chooses from no test data`,
        {
          hint: 'take the waiver out',
        },
      ),
    );
  }
  return {
    nodes: [...nodes.values()].map(({ ports: _, inputLocations: __, ...node }) => node),
    waivers: [...waived].map(([{ step, reason }, path]) => ({ step, reason, path })),
  };
}

function rolesOfOutputs(node: DraftNode, rolesOf: (tree: Tree<Source>) => Roles): GraphNode['roles'] {
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

function sourceOfRole(
  tree: Tree<Source>,
  role: Role,
  rolesOf: (tree: Tree<Source>) => Roles,
): Source | undefined {
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
