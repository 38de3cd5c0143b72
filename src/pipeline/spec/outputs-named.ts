import { suggestion } from '../../base/nearest-name.js';
import { failed, type Result, success } from '../../base/result.js';
import type { Content, Label } from '../../kinds/port.js';
import { labelText } from '../graph/label.js';
import { describeTree, type Mismatch, type PortTree, type Source, unwrapped } from '../graph/port-tree.js';
import { type StepValue, treeOfReference } from '../graph/step-value.js';
import { parseReference } from './reference.js';

/** The steps of a pipeline, and what those stand for that are whole. */
export interface NamedSteps {
  readonly values: ReadonlyMap<string, StepValue>;
  readonly stepNames: readonly string[];
}

/** The files that a name stands for. */
export interface NamedOutputs {
  readonly isList: boolean;
  readonly files: readonly NamedOutput[];
}

export interface NamedOutput {
  /** Empty where there is no list; an element of a list in a list has the labels of both. */
  readonly label: string;
  readonly content: Content;
  /** One, or the pieces of a curve in their order. */
  readonly sources: readonly Source[];
}

/**
 * The files that `STEP.PORT` or `STEP[NAME=VALUE].PORT` stands for, as inputs name them: one, or those of a list. No
 * reason where the step itself is broken, which is told elsewhere.
 */
export function outputsNamed(
  text: string,
  { values, stepNames }: NamedSteps,
): Result<NamedOutputs, Mismatch | undefined> {
  const reference = parseReference(text);
  if (reference === undefined) {
    return failed({
      reason: 'invalid-value',
      message: `${text} names no output`,
      hint: 'write STEP.PORT or STEP[NAME=VALUE].PORT',
    });
  }
  if (!stepNames.includes(reference.step)) {
    const hint = suggestion(reference.step, stepNames);
    return failed({
      reason: 'unknown-step',
      message: `there is no step ${reference.step}`,
      ...(hint === undefined ? {} : { hint }),
    });
  }
  const value = values.get(reference.step);
  if (value === undefined) return failed(undefined);
  const tree = treeOfReference(value, reference);
  if (!tree.ok) return tree;
  const given = unwrapped(tree.value);
  const bundle = bundleIn(given);
  return bundle === undefined
    ? success({ isList: given.type === 'list' && given.isCurve !== true, files: filesIn(given) })
    : failed(noFile(text, given, Object.keys(bundle.ports)));
}

function noFile(text: string, given: PortTree, names: readonly string[]): Mismatch {
  const hint = `write ${names.map((name) => `${text}.${name}`).join(' or ')}`;
  return {
    reason: 'wrong-port',
    message: `${text} is ${describeTree(given)}, not one file`,
    ...(names.length === 0 ? {} : { hint }),
  };
}

function bundleIn(tree: PortTree): Extract<PortTree, { type: 'bundle' }> | undefined {
  if (tree.type === 'bundle') return tree;
  if (tree.type === 'file') return undefined;
  for (const element of tree.elements) {
    const found = bundleIn(element);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The files of a tree without bundles. */
function filesIn(tree: PortTree, label: Label = []): readonly NamedOutput[] {
  if (tree.type === 'bundle') return [];
  if (tree.type === 'file') {
    return [{ label: labelText(label), content: tree.content, sources: [tree.source] }];
  }
  if (tree.isCurve === true) {
    const pieces = tree.elements.flatMap((element) => filesIn(element));
    return [
      { label: labelText(label), content: 'history', sources: pieces.flatMap(({ sources }) => sources) },
    ];
  }
  return tree.elements.flatMap((element, index) =>
    filesIn(element, [...label, ...(tree.labels[index] ?? [])]),
  );
}
