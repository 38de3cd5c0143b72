import type { Failure } from '../../base/failure.js';
import { suggestion } from '../../base/nearest-name.js';
import { isSelected, parseReference, type Reference } from '../spec/reference.js';
import type { GraphNode } from './graph.js';

type Named = Pick<GraphNode, 'id' | 'step' | 'derivedFrom' | 'label'>;

/**
 * The nodes that a name on a command line stands for: a node's id; a step, which is all of its nodes; `STEP/PORT`, all
 * those that make a port of it; or with values `validate[iterations=500]`, those that have them, be it by the matrix of
 * the step or by what it was made `over`.
 */
export function nodesCalled<Node extends Named>(nodes: readonly Node[], name: string): readonly Node[] {
  const exact = nodes.filter((node) => isCalled(node, name));
  if (exact.length > 0) return exact;
  const reference = parseReference(name);
  if (reference === undefined || reference.selector.length === 0 || reference.ports.length > 0) return [];
  return nodes.filter((node) => node.step === reference.step && hasValues(node, reference.selector));
}

function isCalled({ id, step, derivedFrom }: Named, name: string): boolean {
  if (id === name || step === name) return true;
  return derivedFrom !== undefined && `${step}${id.slice(derivedFrom.length)}` === name;
}

function hasValues({ label = [] }: Named, selector: Reference['selector']): boolean {
  const values = label.flatMap((part) => part.values);
  return selector.every(
    (wish) =>
      values.some(({ name }) => name === wish.name) && values.every((value) => isSelected(value, [wish])),
  );
}

/** What a user may call parts of a graph: its steps, ports that are derived from them, then its nodes. */
function namesInGraph(nodes: readonly Named[]): ReadonlySet<string> {
  return new Set([
    ...nodes.map(({ step }) => step),
    ...nodes.flatMap(({ id, step, derivedFrom }) =>
      derivedFrom === undefined ? [] : [`${step}${id.slice(derivedFrom.length)}`],
    ),
    ...nodes.map(({ id }) => id),
  ]);
}

/** That a name stands for no node of a graph, with the nearest that does. */
export function noNodeCalled(nodes: readonly Named[], name: string, message: string): Failure {
  const hint = suggestion(name, namesInGraph(nodes));
  return { reason: 'unknown-step', message, ...(hint === undefined ? {} : { hint }) };
}
