import { suggestion } from '../../base/nearest-name.js';
import { own } from '../../base/own-properties.js';
import { failed, type Result, success } from '../../base/result.js';
import type { Segmentation } from '../../kinds/kind.js';
import type { Label } from '../../kinds/port.js';
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

/**
 * What a chain of segments stands for: of some ports a list of what all give, of others what the last one gives; or what
 * the last one gives, and beside it a list for each port. The curve of a chain is that of all its segments.
 */
export function treeOfSegments(
  { lists = {}, last = {}, listsAt, ports: beside }: Segmentation,
  segments: readonly { readonly label: Label; readonly tree: PortTree }[],
): PortTree {
  const bundles = segments.map(({ tree }) => (tree.type === 'bundle' ? tree.ports : {}));
  const listOf = (port: string) => ({
    type: 'list' as const,
    elements: bundles.flatMap((ports) => own(ports, port) ?? []),
    labels: segments.map(({ label }) => label),
  });
  const ofLast = bundles.at(-1) ?? {};
  const isCurve = (port: string) => {
    const tree = own(ofLast, port);
    return tree?.type === 'file' && tree.content === 'history';
  };
  const curveOf = (port: string): PortTree => ({ ...listOf(port), isCurve: true });
  const named = (
    ports: { readonly [name: string]: string },
    treeAt: (port: string) => PortTree | undefined,
  ) =>
    Object.entries(ports).flatMap(([name, port]) => {
      const tree = treeAt(port);
      return tree === undefined ? [] : [[name, tree] as const];
    });
  if (listsAt === undefined) {
    const allOf = (port: string) => (isCurve(port) ? curveOf(port) : listOf(port));
    const ports = [...named(lists, allOf), ...named(last, (port) => own(ofLast, port))];
    return { type: 'bundle', ports: Object.fromEntries(ports) };
  }
  const every = Object.fromEntries(Object.keys(ofLast).map((port) => [port, port]));
  const isOwn = ([name]: readonly [string, PortTree]) => Object.hasOwn(beside?.outputs ?? {}, name);
  const all = Object.entries(ofLast).map(
    ([port, tree]) => [port, isCurve(port) ? curveOf(port) : tree] as const,
  );
  return {
    type: 'bundle',
    ports: Object.fromEntries(all.filter((port) => !isOwn(port))),
    beside: {
      ...Object.fromEntries(all.filter(isOwn)),
      [listsAt]: { type: 'bundle', ports: Object.fromEntries(named(every, listOf)) },
    },
  };
}

/** The tree that a reference names, given the value of its step. */
export function treeOfReference(value: StepValue, reference: Reference): Result<PortTree, Mismatch> {
  const { selector, ports, text } = reference;
  const selected = selector.length === 0 ? success(value) : selectInstances(value, reference);
  if (!selected.ok) return selected;
  const { instances, hasMatrix, hasOver } = selected.value;
  const isList = hasMatrix || hasOver;
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

/**
 * The part of a step's value that a selector singles out: by the values of its matrix, and of the elements that it was
 * made `over`, nested ones too. What they leave one of is no list.
 */
function selectInstances(value: StepValue, { step, selector }: Reference): Result<StepValue, Mismatch> {
  const names = new Set(
    value.instances.flatMap(({ label, tree }) => [...namesIn(label), ...namesBelow(tree)]),
  );
  const unknown = selector.find(({ name }) => !names.has(name));
  if (unknown !== undefined) {
    const hint = suggestion(unknown.name, names);
    const has = value.hasMatrix || value.hasOver ? unknown.name : 'matrix';
    return failed({
      reason: 'unknown-parameter',
      message: `${names.size === 0 || !value.hasMatrix ? step : `the matrix of ${step}`} has no ${has}`,
      ...(hint === undefined ? {} : { hint }),
    });
  }
  const chosen = value.instances.flatMap((instance) => {
    const tree = isLabelSelected(instance.label, selector) ? selectBelow(instance.tree, selector) : undefined;
    return tree === undefined ? [] : [{ ...instance, tree }];
  });
  if (chosen.length === 0) {
    const labels = value.instances.map(({ label }) => `${step}[${labelOf(label.flatMap(valuesOf))}]`);
    const hint = suggestion(`${step}[${labelOf(selector)}]`, new Set(labels));
    return failed({
      reason: 'unknown-step',
      message: `${step} has no node [${labelOf(selector)}]`,
      ...(hint === undefined ? {} : { hint }),
    });
  }
  const ofOver = chosen.flatMap(({ label }) => namesIn(label.filter(({ isOwn }) => isOwn !== true)));
  return success({
    instances: chosen,
    hasMatrix: chosen.length > 1,
    hasOver: value.hasOver && !selector.some(({ name }) => ofOver.includes(name)),
  });
}

function valuesOf({ values }: Label[number]): Label[number]['values'] {
  return values;
}

function namesIn(label: Label): readonly string[] {
  return label.flatMap(({ values }) => values.map(({ name }) => name));
}

/** The names of the labels of lists in what a node of an `over` stands for. */
function namesBelow(tree: PortTree): readonly string[] {
  if (tree.type !== 'list') return [];
  return [...tree.labels.flatMap(namesIn), ...tree.elements.flatMap(namesBelow)];
}

/** Whether a label has no other value of a name than the one that is asked for. */
function isLabelSelected(label: Label, selector: Reference['selector']): boolean {
  return label.every(({ values }) => values.every((one) => isSelected(one, selector)));
}

/** A list without the elements that are not asked for; the one that is left where its names were; undefined for none. */
function selectBelow(tree: PortTree, selector: Reference['selector']): PortTree | undefined {
  if (tree.type !== 'list') return tree;
  const names = new Set(tree.labels.flatMap(namesIn));
  const kept = tree.elements.flatMap((element, index) => {
    const label = tree.labels[index] ?? [];
    const below = isLabelSelected(label, selector) ? selectBelow(element, selector) : undefined;
    return below === undefined ? [] : [{ below, label }];
  });
  const [only] = kept;
  if (only === undefined) return undefined;
  if (kept.length === 1 && selector.some(({ name }) => names.has(name))) return only.below;
  return { ...tree, elements: kept.map(({ below }) => below), labels: kept.map(({ label }) => label) };
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
 * The elements for `over`: the innermost of lists in a list, where a port takes one thing; else those of the list itself.
 * A failure where the tree is no list.
 */
export function elementsOf(
  tree: PortTree,
  takesOne: boolean,
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
  return success(descend(tree, takesOne));
}

function descend(
  { elements, labels }: Extract<PortTree, { type: 'list' }>,
  takesOne: boolean,
): Extract<OverTree, { type: 'list' }> {
  return {
    type: 'list',
    elements: elements.map((element, index) => ({
      label: (labels[index] ?? []).map(({ isOwn: _, ...part }) => part),
      below: takesOne && element.type === 'list' ? descend(element, takesOne) : { type: 'element', element },
    })),
  };
}
