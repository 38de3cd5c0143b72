import { joined } from '../../base/own-properties.js';
import type { ExternalFiles, Kind, StepShape } from '../../kinds/kind.js';
import type { Label, LabelPart } from '../../kinds/port.js';
import type { ImportTracer } from '../imports/import-tracer.js';
import { filesWithImports } from '../imports/imported-files.js';
import type { Spec } from '../spec/spec.js';
import type { ReportFailure } from '../text/located-value.js';
import { createConnector, type Given, type OverElement, resolveAll, resolveOver } from './connect-inputs.js';
import { type CountedStep, countNodesOfSteps } from './count-nodes.js';
import { combinationsOf, type MatrixValue } from './expand-matrix.js';
import type { DraftNode } from './graph.js';
import { createKnownNodes } from './known-nodes.js';
import { createNodeBuilder } from './nodes/build-nodes.js';
import type { NodeContext } from './nodes/instance.js';
import { orderSteps } from './order-steps.js';
import type { PortTree } from './port-tree.js';
import { expectSettings } from './settings-names.js';
import { shownParameters } from './shown-parameters.js';
import { createParameterReader } from './step-parameters.js';
import type { StepInstance, StepValue } from './step-value.js';

/** The nodes, in an order in which every input comes earlier, and what each step that is whole gives. */
export interface BuiltGraph {
  readonly nodes: readonly DraftNode[];
  readonly values: ReadonlyMap<string, StepValue>;
}

/** What nodes are made with, the same for all of a pipeline. */
type GraphContext = Omit<NodeContext, 'connect' | 'findFiles'>;

/** Expands and connects the steps; none of them where they would become too many nodes. */
export function buildGraph(
  spec: Spec,
  surroundings: Pick<
    GraphContext,
    'engines' | 'executor' | 'root' | 'validators' | 'interpreters' | 'tracer'
  >,
  report: ReportFailure,
): BuiltGraph {
  const context: GraphContext = { ...surroundings, engine: spec.engine, known: createKnownNodes(), report };
  const values = new Map<string, StepValue>();
  const counted = countNodesOfSteps(orderSteps(spec, report), report);
  for (const one of counted?.values() ?? []) {
    const value = buildStep(one, values, context);
    if (value !== undefined) values.set(one.step.name, value);
  }
  return { nodes: context.known.nodes, values };
}

/** Makes the nodes of a step; undefined where not all that it gives is known. */
function buildStep(
  { step, axes }: CountedStep,
  values: ReadonlyMap<string, StepValue>,
  graphContext: GraphContext,
): StepValue | undefined {
  const { known, root, tracer, validators, report } = graphContext;
  const inputs = resolveAll(step.inputs, values, report);
  const elements = resolveOver(step, values, report);
  const settings = expectSettings(
    step,
    [...inputs, ...(elements ?? []).flatMap(givenIn)],
    known.settingNames,
    report,
  );
  const reader = createParameterReader(step, validators, (name) => settings.mayGive.includes(name), report);
  const context: NodeContext = {
    ...graphContext,
    connect: createConnector(step, report),
    findFiles: createFileFinder(step.kind, root, tracer),
  };

  const instances: StepInstance[] = [];
  let isWhole = elements !== undefined;
  const combinations = combinationsOf(axes);
  const build = createNodeBuilder(step, context, combinations.length > 1);
  const withInputs = createMerger(inputs);
  // What the elements are is not known then, but whether the kind has such ports is.
  const overs = elements ?? [{ label: [], takes: { type: 'node' as const, given: [] } }];
  for (const combination of combinations) {
    const read = reader.read(combination);
    const parameters = read && joined(read, { shown: shownParameters(step.kind, read, settings.names) });
    const own = ownLabel(combination.values);
    for (const over of overs) {
      const tree = treeOfElement(over, [], (overLabel, given) =>
        build({ step, combination, overLabel, given: withInputs(given) }, parameters),
      );
      if (tree === undefined) isWhole = false;
      else instances.push({ matrix: combination.values, label: [...own, ...over.label], tree });
    }
  }
  return isWhole
    ? { instances, hasMatrix: step.matrix.length > 0, hasOver: step.over.length > 0 }
    : undefined;
}

/** What a program imports is put together once for all combinations that declare the same files and run the same. */
function createFileFinder(kind: Kind, root: string, tracer: ImportTracer): NodeContext['findFiles'] {
  const found = new WeakMap<ExternalFiles, Map<string, ExternalFiles>>();
  return (shape: StepShape) => {
    const declared = kind.files?.(shape.parameters, root) ?? { files: [] };
    const program = kind.pythonProgram?.(shape, root);
    if (program === undefined) return declared;
    const byProgram = found.get(declared) ?? new Map<string, ExternalFiles>();
    found.set(declared, byProgram);
    const name = JSON.stringify(program);
    const files = byProgram.get(name) ?? filesWithImports(declared, program, tracer.trace(program));
    byProgram.set(name, files);
    return files;
  };
}

/** Puts what an element of `over` gives behind what `in` gives: for an element the same list each time. */
function createMerger(inputs: readonly Given[]): (given: readonly Given[]) => readonly Given[] {
  const known = new Map<readonly Given[], readonly Given[]>();
  return (given) => {
    const merged = known.get(given) ?? [...inputs, ...given];
    known.set(given, merged);
    return merged;
  };
}

function ownLabel(matrix: readonly MatrixValue[]): Label {
  const values = matrix.map(({ name, value }): LabelPart['values'][number] => ({ name, value }));
  return values.length === 0 ? [] : [{ values, isOwn: true }];
}

/** All that the nodes of an element of `over` take. */
function givenIn({ takes }: OverElement): readonly Given[] {
  return takes.type === 'node' ? takes.given : takes.elements.flatMap(givenIn);
}

/**
 * What the nodes of an element of `over` give, those of nested lists as a list; undefined where one is not known.
 *
 * @param outer the label of what the element is in
 */
function treeOfElement(
  { label, takes }: OverElement,
  outer: Label,
  build: (label: Label, given: readonly Given[]) => PortTree | undefined,
): PortTree | undefined {
  const whole = [...outer, ...label];
  if (takes.type === 'node') return build(whole, takes.given);
  const trees = takes.elements.map((element) => treeOfElement(element, whole, build));
  if (!trees.every((tree) => tree !== undefined)) return undefined;
  return { type: 'list', elements: trees, labels: takes.elements.map((element) => element.label) };
}
