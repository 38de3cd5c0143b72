import type { Location } from '../../base/failure.js';
import type { Tree } from '../../base/files/tree.js';
import { nearestName, suggestion } from '../../base/nearest-name.js';
import type { Kind } from '../../kinds/kind.js';
import type { InputPort, Label } from '../../kinds/port.js';
import type { InputSpec, StepSpec } from '../spec/step-spec.js';
import { failureAt, type ReportFailure } from '../text/located-value.js';
import type { Source } from './port-tree.js';
import { givesNothing, type Mismatch, type PortTree, project } from './port-tree.js';
import { concatenate, elementsOf, type OverTree, type StepValue, treeOfReference } from './step-value.js';

/** By step, for those that are whole. */
export type StepValues = ReadonlyMap<string, StepValue>;

/** Input trees of one node before they are cut to what its kind declares. */
export interface Given {
  readonly tree: PortTree;
  readonly text: string;
  readonly input: InputSpec;
}

/** What the nodes of an `over` take: one node each, or of nested lists the nodes of a list. */
export interface OverElement {
  /** Empty where the step has no `over`. */
  readonly label: Label;
  readonly takes:
    | { readonly type: 'node'; readonly given: readonly Given[] }
    | { readonly type: 'list'; readonly elements: readonly OverElement[] };
}

/**
 * Input trees as the kind declares them; undefined where one is missing or wrong, which is reported, or not given
 * although it is written.
 */
export type Connector = (
  ports: { readonly [port: string]: InputPort },
  given: readonly Given[],
) => { readonly [port: string]: Tree<Source> } | undefined;

/** Cuts inputs to the declared shapes; what is the same for many nodes is done once. */
export function createConnector(step: StepSpec, report: ReportFailure): Connector {
  const latest = new Map<string, { tree: PortTree; port: InputPort; result: Tree<Source> | undefined }>();
  const projected = ({ tree, text, input }: Given, port: InputPort): Tree<Source> | undefined => {
    const known = latest.get(input.port);
    if (known?.tree === tree && known.port === port) return known.result;
    const projection = project(tree, port.shape, input.port, text);
    if (!projection.ok) reportMismatch(projection.failure, input.location, report);
    const result = projection.ok ? projection.value : undefined;
    latest.set(input.port, { tree, port, result });
    return result;
  };
  return (ports, given) => {
    refuseNames(step, ports, report);
    const connected = new Map<string, Tree<Source>>();
    for (const one of given) {
      const { port: name } = one.input;
      const port = Object.hasOwn(ports, name) ? ports[name] : undefined;
      const tree = port === undefined ? undefined : projected(one, port);
      if (tree !== undefined) connected.set(name, tree);
    }
    const wanted = Object.keys(ports).filter((name) => ports[name]?.required !== false);
    const names = [...namesIn(step).map(({ port }) => port), ...wanted];
    return names.every((name) => connected.has(name)) ? Object.fromEntries(connected) : undefined;
  };
}

function namesIn(step: StepSpec): readonly InputSpec[] {
  return [...step.inputs, ...step.over];
}

/** Refuses inputs that the kind does not know, and the lack of one that it needs. */
function refuseNames(
  step: StepSpec,
  ports: { readonly [port: string]: InputPort },
  report: ReportFailure,
): void {
  const known = Object.keys(ports);
  const unknown = namesIn(step).filter(({ port }) => !known.includes(port));
  for (const { port, portLocation } of unknown) {
    report(
      failureAt({ location: portLocation }, 'unknown-port', `${step.kind.name} has no input ${port}`, {
        hint: suggestion(port, known),
      }),
    );
  }
  const misspelt = unknown.map(({ port }) => nearestName(port, known));
  for (const [name, port] of Object.entries(ports)) {
    const isWritten = namesIn(step).some((input) => input.port === name);
    if (port.required === false || isWritten || misspelt.includes(name)) continue;
    report(
      failureAt(step, 'missing-input', `${step.name} has no input ${name}`, {
        hint: `add in: { ${name}: STEP.PORT }`,
        details: [`${name}: ${port.description}`],
      }),
    );
  }
}

/** The trees that `in` names, as far as they are known. */
export function resolveAll(
  inputs: readonly InputSpec[],
  values: StepValues,
  report: ReportFailure,
): readonly Given[] {
  return inputs.flatMap((input) => resolveInput(input, values, report) ?? []);
}

function resolveInput(input: InputSpec, values: StepValues, report: ReportFailure): Given | undefined {
  const trees: { tree: PortTree; text: string }[] = [];
  for (const { reference, location } of input.references) {
    const value = values.get(reference.step);
    if (value === undefined) continue;
    const tree = treeOfReference(value, reference);
    if (!tree.ok) reportMismatch(tree.failure, location, report);
    else if (!givesNothing(tree.value)) trees.push({ tree: tree.value, text: reference.text });
    else {
      const message = `${reference.text} gives nothing that another step could take`;
      const hint = `declare what it writes, in the \`with\` of ${reference.step}: outputs: { NAME: FILE }`;
      report(failureAt({ location }, 'wrong-port', message, { hint }));
    }
  }
  if (trees.length < input.references.length) return undefined;
  const [only] = trees;
  const tree = input.isList || only === undefined ? concatenate(trees) : only.tree;
  return { tree, text: input.references.map(({ reference }) => reference.text).join(', '), input };
}

/** The elements that `over` goes through; undefined where they are not known. */
export function resolveOver(
  step: StepSpec,
  values: StepValues,
  report: ReportFailure,
): readonly OverElement[] | undefined {
  if (step.over.length === 0) return [{ label: [], takes: { type: 'node', given: [] } }];
  const resolved = resolveAll(step.over, values, report);
  const lists = resolved.flatMap((given) => {
    const { tree, text, input } = given;
    const elements = elementsOf(tree, takesOneThing(step.kind, input.port), input.port, text);
    if (!elements.ok) reportMismatch(elements.failure, input.location, report);
    return elements.ok ? [{ given, list: elements.value }] : [];
  });
  if (lists.length < step.over.length) return undefined;
  return goThrough(lists, report);
}

/** Whether `over` looks in the lists of a list for what an input port takes. */
export function takesOneThing(kind: Kind, port: string): boolean {
  if (kind.takesInnermost === true) return true;
  const ports = kind.inputs instanceof Function ? {} : kind.inputs;
  const type = Object.hasOwn(ports, port) ? ports[port]?.shape.type : undefined;
  return type === 'file' || type === 'bundle';
}

interface OverList {
  readonly given: Given;
  readonly list: Extract<OverTree, { type: 'list' }>;
}

/** Goes through lists together; undefined where they do not agree, which is reported. */
function goThrough(lists: readonly OverList[], report: ReportFailure): readonly OverElement[] | undefined {
  const [first] = lists;
  if (first === undefined) return undefined;
  for (const { list, given } of lists) {
    const [length, other] = [list.elements.length, first.list.elements.length];
    if (length === other) continue;
    const message = `over goes through lists together, but ${given.input.port} has ${length} elements and ${first.given.input.port} ${other}`;
    report(failureAt(given.input, 'length-mismatch', message));
    return undefined;
  }
  const elements: OverElement[] = [];
  for (const [index, { label }] of first.list.elements.entries()) {
    // The lists are equally long.
    const taken = lists.map(({ given, list }) => ({ given, below: list.elements[index]!.below }));
    const takes = takenTogether(taken, report);
    if (takes === undefined) return undefined;
    elements.push({ label, takes });
  }
  return elements;
}

function takenTogether(
  taken: readonly { readonly given: Given; readonly below: OverTree }[],
  report: ReportFailure,
): OverElement['takes'] | undefined {
  const nodes: Given[] = [];
  const lists: OverList[] = [];
  for (const { given, below } of taken) {
    if (below.type === 'list') lists.push({ given, list: below });
    else nodes.push({ tree: below.element, text: `an element of ${given.text}`, input: given.input });
  }
  if (lists.length === 0) return { type: 'node', given: nodes };
  const [single] = nodes;
  if (single !== undefined) {
    const message = `over goes through lists together, but ${lists[0]?.given.input.port} is a list of lists and ${single.input.port} is not`;
    report(failureAt(single.input, 'length-mismatch', message));
    return undefined;
  }
  const elements = goThrough(lists, report);
  return elements && { type: 'list', elements };
}

function reportMismatch(
  { reason, message, hint }: Mismatch,
  location: Location,
  report: ReportFailure,
): void {
  report(failureAt({ location }, reason, message, { hint }));
}
