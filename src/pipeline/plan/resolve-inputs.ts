import { isMissing, leavesOf, missingElement, type Tree } from '../../base/files/tree.js';
import { own } from '../../base/own-properties.js';
import type { ObjectReference } from '../../store/entry.js';
import type { GraphNode } from '../graph/graph.js';
import type { Source } from '../graph/port-tree.js';

/** Output ports of the nodes that are done, by node id. */
export type OutputsByNode = ReadonlyMap<string, { readonly [port: string]: Tree<ObjectReference> }>;

/** The nodes whose outputs a node takes, each once. */
export function nodesNeededBy({ inputs }: Pick<GraphNode, 'inputs'>): readonly string[] {
  const ids = new Set<string>();
  for (const tree of Object.values(inputs)) for (const { leaf } of leavesOf(tree)) ids.add(leaf.node);
  return [...ids];
}

/** The objects at a node's input ports; undefined while one of the nodes they come from is not done. */
export function resolveInputs(
  node: Pick<GraphNode, 'inputs'>,
  outputs: OutputsByNode,
): { readonly [port: string]: Tree<ObjectReference> } | undefined {
  return resolveEach(node, (_, tree) => resolveTree(tree, outputs));
}

/**
 * The objects at the input ports of a node once all that it takes has ended: what failed is missing from lists that may
 * lack elements. Undefined where something else is missing, or such a list would be empty.
 */
export function resolveEndedInputs(
  node: Pick<GraphNode, 'inputs' | 'mayLack'>,
  outputs: OutputsByNode,
): { readonly [port: string]: Tree<ObjectReference> } | undefined {
  return resolveEach(node, (port, tree) => {
    if (tree.type !== 'list' || node.mayLack?.includes(port) !== true) return resolveTree(tree, outputs);
    const elements = tree.elements.map((element) => resolveTree(element, outputs) ?? missingElement);
    return elements.every(isMissing) && elements.length > 0 ? undefined : { type: 'list', elements };
  });
}

/** The first list that may lack elements and lacks all, with the nodes that should have given them. */
export function emptyList(
  { inputs, mayLack = [] }: Pick<GraphNode, 'inputs' | 'mayLack'>,
  outputs: OutputsByNode,
): { readonly port: string; readonly sources: readonly string[] } | undefined {
  for (const port of mayLack) {
    const tree = own(inputs, port);
    if (tree?.type !== 'list' || tree.elements.length === 0) continue;
    if (tree.elements.some((element) => resolveTree(element, outputs) !== undefined)) continue;
    return { port, sources: nodesNeededBy({ inputs: { [port]: tree } }) };
  }
  return undefined;
}

/** The first thing that a node takes and that is not there. */
export function missingSource(
  { inputs }: Pick<GraphNode, 'inputs'>,
  outputs: OutputsByNode,
): Source | undefined {
  for (const tree of Object.values(inputs)) {
    for (const { leaf } of leavesOf(tree)) {
      if (atPath(outputs.get(leaf.node), leaf.path) === undefined) return leaf;
    }
  }
  return undefined;
}

function resolveEach(
  node: Pick<GraphNode, 'inputs'>,
  resolve: (port: string, tree: Tree<Source>) => Tree<ObjectReference> | undefined,
): { readonly [port: string]: Tree<ObjectReference> } | undefined {
  const resolved: { [port: string]: Tree<ObjectReference> } = {};
  for (const [port, tree] of Object.entries(node.inputs)) {
    const objects = resolve(port, tree);
    if (objects === undefined) return undefined;
    resolved[port] = objects;
  }
  return resolved;
}

function resolveTree(tree: Tree<Source>, outputs: OutputsByNode): Tree<ObjectReference> | undefined {
  switch (tree.type) {
    case 'file':
      return atPath(outputs.get(tree.leaf.node), tree.leaf.path);
    case 'list': {
      const elements: Tree<ObjectReference>[] = [];
      for (const element of tree.elements) {
        const resolved = resolveTree(element, outputs);
        if (resolved === undefined) return undefined;
        elements.push(resolved);
      }
      return { type: 'list', elements };
    }
    case 'bundle': {
      const ports: { [name: string]: Tree<ObjectReference> } = {};
      for (const [name, port] of Object.entries(tree.ports)) {
        const resolved = resolveTree(port, outputs);
        if (resolved === undefined) return undefined;
        ports[name] = resolved;
      }
      return { type: 'bundle', ports };
    }
  }
}

/** The leaf at `train/pairs` of a node's outputs. */
function atPath(
  outputs: { readonly [port: string]: Tree<ObjectReference> } | undefined,
  path: string,
): Tree<ObjectReference> | undefined {
  if (outputs === undefined) return undefined;
  let tree: Tree<ObjectReference> | undefined = { type: 'bundle', ports: outputs };
  for (const name of path.split('/')) {
    if (tree?.type === 'bundle') tree = own(tree.ports, name);
    else if (tree?.type === 'list') tree = tree.elements[Number(name)];
    else return undefined;
  }
  return tree === undefined || isMissing(tree) ? undefined : tree;
}
