import { suggestion } from '../../base/nearest-name.js';
import { failed, type Result, success } from '../../base/result.js';
import { isSelected, labelOf, type Reference } from '../spec/reference.js';
import type { MatrixValue } from './expand-matrix.js';
import { describeTree, type Mismatch, type PortTree, portAt } from './port-tree.js';

/** What the name of a step stands for. */
export interface StepValue {
  /** One for each combination of the matrix and element of `over`, in that order. */
  readonly instances: readonly StepInstance[];
  /** Whether the name alone stands for a list: the step has a matrix or `over`. */
  readonly isList: boolean;
}

export interface StepInstance {
  readonly matrix: readonly MatrixValue[];
  /** Label of the element of `over`. */
  readonly element?: string;
  readonly tree: PortTree;
}

/** The tree that a reference names, given the value of its step. */
export function treeOfReference(value: StepValue, reference: Reference): Result<PortTree, Mismatch> {
  const { selector, ports, text } = reference;
  let { instances, isList } = value;
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
    isList = chosen.length > 1 || chosen[0]?.element !== undefined;
  }
  const [first] = instances;
  if (first === undefined) return success({ type: 'list', elements: [], labels: [] });
  if (!isList) return portAt(first.tree, ports, text);
  return portAt(
    {
      type: 'list',
      elements: instances.map(({ tree }) => tree),
      labels: instances.map(({ matrix, element }) => labelOfInstance(matrix, element)),
    },
    ports,
    text,
  );
}

function labelOfInstance(matrix: readonly MatrixValue[], element: string | undefined): string {
  return [labelOf(matrix), element].filter((part) => part !== '' && part !== undefined).join('@');
}

/** The elements of several trees as one list; a list among them gives its own elements. */
export function concatenate(trees: readonly { readonly tree: PortTree; readonly label: string }[]): PortTree {
  const elements = trees.flatMap(({ tree, label }) =>
    tree.type === 'list'
      ? tree.elements.map((element, index) => ({ element, label: `${label}@${tree.labels[index]}` }))
      : [{ element: tree, label }],
  );
  return {
    type: 'list',
    elements: elements.map(({ element }) => element),
    labels: elements.map(({ label }) => label),
  };
}

/** The elements for `over`, with labels that differ; a failure where the tree is no list. */
export function elementsOf(
  tree: PortTree,
  port: string,
  text: string,
): Result<readonly { readonly element: PortTree; readonly label: string }[], Mismatch> {
  if (tree.type !== 'list') {
    return failed({
      reason: 'wrong-port',
      message: `over wants a list, ${text} is ${describeTree(tree)}`,
      hint: `write in: { ${port}: ${text} }`,
    });
  }
  const distinct = new Set(tree.labels).size === tree.labels.length;
  return success(
    tree.elements.map((element, index) => ({
      element,
      label: distinct ? (tree.labels[index] ?? String(index)) : String(index),
    })),
  );
}
