import { suggestion } from '../../base/nearest-name.js';
import { failed, type Result, success } from '../../base/result.js';
import type { Label, PortShape } from '../../kinds/kind.js';
import { isSelected, labelOf, type Reference } from '../spec/reference.js';
import type { MatrixValue } from './expand-matrix.js';
import { describeTree, type Mismatch, type PortTree, portAt } from './port-tree.js';

/** What the name of a step stands for. */
export interface StepValue {
  /** One for each combination of the matrix and (outer) element of `over`, in that order. */
  readonly instances: readonly StepInstance[];
  /** Whether the step has a matrix: then its name stands for a list. */
  readonly hasMatrix: boolean;
  /** Likewise `over`: then one combination of the matrix is a list, too. */
  readonly hasOver: boolean;
}

export interface StepInstance {
  readonly matrix: readonly MatrixValue[];
  readonly label: Label;
  /** Where `over` goes through nested lists, a list of what the inner elements give. */
  readonly tree: PortTree;
}

/** The tree that a reference names, given the value of its step. */
export function treeOfReference(value: StepValue, reference: Reference): Result<PortTree, Mismatch> {
  const { selector, ports, text } = reference;
  let { instances } = value;
  let isList = value.hasMatrix || value.hasOver;
  if (selector.length > 0) {
    const names = instances[0]?.matrix.map(({ name }) => name) ?? [];
    for (const { name } of selector) {
      if (names.includes(name)) continue;
      const hint = suggestion(name, names);
      return failed({
        reason: 'unknown-parameter',
        message: `${names.length === 0 ? reference.step : `the matrix of ${reference.step}`} has no ${names.length === 0 ? 'matrix' : name}`,
        ...(hint === undefined ? {} : { hint }),
      });
    }
    const chosen = instances.filter(({ matrix }) => matrix.every((value) => isSelected(value, selector)));
    if (chosen.length === 0) {
      const labels = instances.map(({ matrix }) => `${reference.step}[${labelOf(matrix)}]`);
      const hint = suggestion(`${reference.step}[${labelOf(selector)}]`, new Set(labels));
      return failed({
        reason: 'unknown-step',
        message: `${reference.step} has no node [${labelOf(selector)}]`,
        ...(hint === undefined ? {} : { hint }),
      });
    }
    instances = chosen;
    isList = chosen.length > 1 || value.hasOver;
  }
  const [first] = instances;
  if (first === undefined) return success({ type: 'list', elements: [], labels: [] });
  if (!isList) return portAt(first.tree, ports, text);
  return portAt(
    {
      type: 'list',
      elements: instances.map(({ tree }) => tree),
      labels: instances.map(({ label }) => label),
    },
    ports,
    text,
  );
}

/** What several references name as one list; a list among them gives its own elements. */
export function concatenate(trees: readonly { readonly tree: PortTree; readonly text: string }[]): PortTree {
  const distinct = new Set(trees.map(({ text }) => text)).size === trees.length;
  const elements = trees.flatMap(({ tree, text }, place) => {
    const part = { values: [], place, text: distinct ? text : String(place) };
    return tree.type === 'list'
      ? tree.elements.map((element, index) => ({ element, label: [part, ...(tree.labels[index] ?? [])] }))
      : [{ element: tree, label: [part] }];
  });
  return {
    type: 'list',
    elements: elements.map(({ element }) => element),
    labels: elements.map(({ label }) => label),
  };
}

/** What `over` goes through: elements of a list, each a node, or of lists in it. */
export type OverTree =
  | { readonly type: 'element'; readonly element: PortTree }
  | {
      readonly type: 'list';
      readonly elements: readonly { readonly label: Label; readonly below: OverTree }[];
    };

/**
 * The elements for `over` at the first depth that fits the port, where it says what fits; else those of the list itself.
 * A failure where the tree is no list.
 */
export function elementsOf(
  tree: PortTree,
  shape: PortShape,
  port: string,
  text: string,
): Result<Extract<OverTree, { type: 'list' }>, Mismatch> {
  if (tree.type !== 'list') {
    return failed({
      reason: 'wrong-port',
      message: `over wants a list, ${text} is ${describeTree(tree)}`,
      hint: `write in: { ${port}: ${text} }`,
    });
  }
  return success(descend(tree, shape));
}

function descend(
  { elements, labels }: Extract<PortTree, { type: 'list' }>,
  shape: PortShape,
): Extract<OverTree, { type: 'list' }> {
  // Only lists hold lists, and only what wants no list is looked for in them.
  const isDeeper = elements.some(({ type }) => type === 'list') && isOneThing(shape);
  return {
    type: 'list',
    elements: elements.map((element, index) => ({
      label: (labels[index] ?? []).map(({ isOwn: _, ...part }) => part),
      below: isDeeper && element.type === 'list' ? descend(element, shape) : { type: 'element', element },
    })),
  };
}

/** Whether a list of lists cannot stand for what a port wants, but an element of the inner ones can. */
export function isOneThing({ type }: PortShape): boolean {
  return type === 'file' || type === 'bundle';
}
