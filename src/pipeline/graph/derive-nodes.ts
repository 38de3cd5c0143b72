import type { Tree } from '../../base/files/tree.js';
import type { JsonObject } from '../../base/json.js';
import { derivedNodeId } from '../../base/node-id.js';
import { own } from '../../base/own-properties.js';
import type { Derivation, Kind } from '../../kinds/kind.js';
import type { Given } from './connect-inputs.js';
import type { DraftNode } from './graph.js';
import type { Source } from './port-tree.js';
import { type PortBundle, project, treeOfOutputs } from './port-tree.js';

type Derivations = { readonly [port: string]: Derivation };

/** The ports of a kind that others derive; none where they depend on parameters that are not known. */
export function derivationsOf({ derived }: Kind, parameters?: JsonObject): Derivations {
  if (typeof derived !== 'function') return derived ?? {};
  return parameters === undefined ? {} : derived(parameters);
}

/** By derived port: what its inputs share with those of the node. */
export type SharedInputs = { readonly [port: string]: { readonly [input: string]: Tree<Source> } };

/**
 * Finds what derivations take of what a step takes.
 *
 * @param object says what a derived port lacks, with a hint
 */
export function shareInputs(
  derivations: Derivations,
  given: readonly Given[],
  object: (port: string, message: string, hint: string) => void,
): SharedInputs {
  const all = Object.entries(derivations).map(([port, { kind, shared = {} }]) => {
    const found = Object.entries(shared).flatMap(([input, name]): [string, Tree<Source>][] => {
      const shape = typeof kind.inputs === 'function' ? undefined : own(kind.inputs, input)?.shape;
      const fitting = given
        .filter((one) => shape !== undefined && (name === null || one.input.port === name))
        .flatMap((one) => {
          const projected = project(one.tree, shape ?? { type: 'any' }, input, one.text);
          return projected.ok ? [{ name: one.input.port, tree: projected.value }] : [];
        });
      const [only, ...others] = fitting;
      const names = fitting.map((one) => one.name).join(', ');
      if (only === undefined) {
        const asked = name === null ? 'no input of the step holds' : `the input ${name} holds no`;
        object(
          port,
          `outputs.${port} wants ${input}, and ${asked} ${input}`,
          `add in: { ${input}: STEP.PORT }`,
        );
      } else if (others.length > 0) {
        object(
          port,
          `outputs.${port} wants ${input}, and several inputs hold some: ${names}`,
          `say which: ${fitting.map(({ name: one }) => `${input}: ${one}`).join(', or ')}`,
        );
      } else return [[input, only.tree]];
      return [];
    });
    return [port, Object.fromEntries(found)] as const;
  });
  return Object.fromEntries(all);
}

/** A node for each derived port of a node. */
export function deriveNodes(
  node: DraftNode,
  derivations: Derivations,
  shared: SharedInputs,
): readonly DraftNode[] {
  return Object.entries(derivations).map(([port, { kind, parameters = {}, inputs }]): DraftNode => {
    const full = kind.parameters.complete(parameters);
    const sources = Object.entries(inputs).map(([input, path]): [string, Tree<Source>] => {
      const isDerived = path !== port && Object.hasOwn(derivations, path);
      const from = isDerived ? derivedNodeId(node.id, path) : node.id;
      return [input, { type: 'file', leaf: { node: from, path } }];
    });
    return {
      id: derivedNodeId(node.id, port),
      step: node.step,
      kind: kind.name,
      derivedFrom: node.id,
      givenParameters: {},
      names: node.names,
      parameters: kind.parameters.canonical(full),
      inputs: { ...Object.fromEntries(sources), ...own(shared, port) },
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
    const given = own(tree.ports, port);
    return given === undefined ? [] : [[port, given] as const];
  });
  // What is derived of a port under its own name stands in its place.
  return { type: 'bundle', ports: { ...treeOfOutputs(id, outputs).ports, ...Object.fromEntries(derived) } };
}

function outputsOf({ outputs }: Kind, full: JsonObject): DraftNode['outputs'] {
  return typeof outputs === 'function' ? outputs(full) : outputs;
}
