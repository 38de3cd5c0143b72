import { leavesOf, type Tree } from '../../base/files/tree.js';
import type { JsonObject } from '../../base/json.js';
import { derivedNodeId } from '../../base/node-id.js';
import { own } from '../../base/own-properties.js';
import type { Derivation, Facts, Kind, PlannedLists } from '../../kinds/kind.js';
import type { Given } from './connect-inputs.js';
import type { DraftNode } from './graph.js';
import { labelText } from './label.js';
import type { Source } from './port-tree.js';
import { flattened, type PortTree, shapeOfTree, unwrapped } from './port-tree.js';

/** The nodes made so far, and what planning knows of each, for the steps that take something from them. */
export interface KnownNodes {
  /** In an order in which every input comes earlier. */
  readonly nodes: readonly DraftNode[];
  /** By node: names of the settings that it will write, where its kind can tell. */
  readonly settingNames: ReadonlyMap<string, readonly string[]>;
  /**
   * Adds a node and those that are derived of it.
   *
   * @param full its parameters with their defaults
   * @param names the parameters that tell it from others
   */
  add(
    node: DraftNode,
    derived: readonly DraftNode[],
    kind: KindOfNode,
    full: JsonObject,
    names: JsonObject,
  ): void;
  /** What the kinds of the outputs in a tree say of them, each output once. */
  factsAt(tree: Tree<Source>): readonly Facts[];
  /** The elements of the lists that a node takes. */
  elementsOf(ports: DraftNode['ports'], given: readonly Given[]): PlannedLists;
}

/** A kind, and what others derive of its outputs with the parameters of one node. */
export interface KindOfNode {
  readonly kind: Kind;
  readonly derivations: { readonly [port: string]: Derivation };
}

/** No nodes yet. */
export function createKnownNodes(): KnownNodes {
  const nodes: DraftNode[] = [];
  const settingNames = new Map<string, readonly string[]>();
  const namesOf = new Map<string, JsonObject>();
  const factsOf = new Map<string, Facts>();

  const addFacts = (id: string, kind: Kind, full: JsonObject) => {
    for (const [port, facts] of Object.entries(kind.facts?.(full) ?? {})) factsOf.set(`${id}/${port}`, facts);
  };

  return {
    nodes,
    settingNames,
    add(node, derived, { kind, derivations }, full, names) {
      nodes.push(node, ...derived);
      for (const { id } of [node, ...derived]) namesOf.set(id, names);
      if (kind.namesOfSettings !== undefined) settingNames.set(node.id, kind.namesOfSettings(full));
      addFacts(node.id, kind, full);
      for (const [port, { kind: deriving, parameters = {} }] of Object.entries(derivations)) {
        addFacts(derivedNodeId(node.id, port), deriving, deriving.parameters.complete(parameters));
      }
    },
    factsAt(tree) {
      const outputs = new Set(
        [...leavesOf(tree)].map(({ leaf }) => `${leaf.node}/${leaf.path.split('/')[0]}`),
      );
      return [...outputs].flatMap((output) => factsOf.get(output) ?? []);
    },
    elementsOf(ports, given) {
      const lists = given.filter(({ input, tree }) => {
        const { type } = own(ports, input.port)?.shape ?? {};
        return type === 'list' || (type === 'any' && tree.type === 'list');
      });
      return Object.fromEntries(
        lists.map(({ input, tree }) => [
          input.port,
          flattened(tree).map(({ element, label }) => ({
            label,
            text: labelText(label),
            parameters: namesOf.get(nodeIn(element) ?? '') ?? {},
            shape: shapeOfTree(unwrapped(element)),
          })),
        ]),
      );
    },
  };
}

/** The node that something comes from; of a bundle of several, the first. */
function nodeIn(tree: PortTree): string | undefined {
  if (tree.type === 'file') return tree.source.node;
  const below = tree.type === 'list' ? tree.elements : Object.values(tree.ports);
  return below[0] && nodeIn(below[0]);
}
