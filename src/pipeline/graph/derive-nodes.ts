import type { Tree } from '../../base/files/tree.js';
import type { JsonObject } from '../../base/json.js';
import { derivedNodeId } from '../../base/node-id.js';
import type { Derivation, Kind } from '../../kinds/kind.js';
import type { DraftNode, Source } from './graph.js';
import { type PortBundle, treeOfOutputs } from './port-tree.js';

type Derivations = { readonly [port: string]: Derivation };

/** The ports of a kind that others derive; none where they depend on parameters that are not known. */
export function derivationsOf({ derived }: Kind, parameters?: JsonObject): Derivations {
  if (typeof derived !== 'function') return derived ?? {};
  return parameters === undefined ? {} : derived(parameters);
}

/** A node for each derived port of a node. */
export function deriveNodes(node: DraftNode, derivations: Derivations): readonly DraftNode[] {
  return Object.entries(derivations).map(([port, { kind, parameters = {}, inputs }]): DraftNode => {
    const full = kind.parameters.complete(parameters);
    const sources = Object.entries(inputs).map(([input, path]): [string, Tree<Source>] => [
      input,
      { type: 'file', leaf: { node: node.id, path } },
    ]);
    return {
      id: derivedNodeId(node.id, port),
      step: node.step,
      kind: kind.name,
      derivedFrom: node.id,
      givenParameters: {},
      names: node.names,
      parameters: kind.parameters.canonical(full),
      inputs: Object.fromEntries(sources),
      outputs: outputsOf(kind, full),
      ports: typeof kind.inputs === 'function' ? {} : kind.inputs,
      inputLocations: {},
      files: [],
      resources: { gpus: 0, slots: kind.slots ?? 1 },
      deterministic: true,
      location: node.location,
    };
  });
}

/** What a node gives: its derived ports and its own. */
export function treeOfNode(id: string, outputs: DraftNode['outputs'], derivations: Derivations): PortBundle {
  const derived = Object.entries(derivations).flatMap(([port, { kind, parameters = {} }]) => {
    const tree = treeOfOutputs(
      derivedNodeId(id, port),
      outputsOf(kind, kind.parameters.complete(parameters)),
    );
    const given = tree.ports[port];
    return given === undefined ? [] : [[port, given] as const];
  });
  // What is derived of a port under its own name stands in its place.
  return { type: 'bundle', ports: { ...treeOfOutputs(id, outputs).ports, ...Object.fromEntries(derived) } };
}

function outputsOf({ outputs }: Kind, full: JsonObject): DraftNode['outputs'] {
  return typeof outputs === 'function' ? outputs(full) : outputs;
}
