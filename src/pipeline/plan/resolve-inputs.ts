import { leavesOf, type Tree } from '../../base/files/tree.js';
import type { ObjectReference } from '../../store/entry.js';
import type { GraphNode, Source } from '../graph/graph.js';

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
  const resolved: { [port: string]: Tree<ObjectReference> } = {};
  for (const [port, tree] of Object.entries(node.inputs)) {
    const objects = resolveTree(tree, outputs);
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
    if (tree?.type === 'bundle') tree = tree.ports[name];
    else if (tree?.type === 'list') tree = tree.elements[Number(name)];
    else return undefined;
  }
  return tree;
}
