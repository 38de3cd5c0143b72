import { resolve } from 'node:path';
import { leavesOf, type Tree } from '../../base/files/tree.js';
import { lookAtPath } from '../../base/files/user-path.js';
import type { Json, JsonObject } from '../../base/json.js';
import { suggestion } from '../../base/nearest-name.js';
import { derivedNodeId, formatNodeId, type NodeIdParts } from '../../base/node-id.js';
import { engines } from '../../engines/registry.js';
import type {
  ExternalFiles,
  Facts,
  Kind,
  Label,
  LabelPart,
  PlannedLists,
  StepPlan,
} from '../../kinds/kind.js';
import type { InterpreterVersions } from '../interpreter-versions.js';
import { segmentationOf } from '../spec/segments-spec.js';
import type { Spec } from '../spec/spec.js';
import type { StepSpec } from '../spec/step-spec.js';
import { failureAt, type LocatedValue, type ReportFailure } from '../text/located-value.js';
import { mergeSettings, settingsOfSegment } from './chosen-settings.js';
import {
  type Connector,
  createConnector,
  type Given,
  type OverElement,
  resolveAll,
  resolveOver,
} from './connect-inputs.js';
import { type CountedStep, countNodesOfSteps, numbersOf } from './count-nodes.js';
import { demandOf } from './demand.js';
import { derivationsOf, deriveNodes, shareInputs, treeOfNode } from './derive-nodes.js';
import { type Combination, combinationsOf, type MatrixValue } from './expand-matrix.js';
import type { DraftNode, GraphNode, LocatedFile, Source } from './graph.js';
import { labelText, namesOfLabel } from './label.js';
import { unreadableFile } from './nearest-file.js';
import { orderSteps } from './order-steps.js';
import type { ParameterValidators } from './parameter-errors.js';
import { flattened, type PortTree, shapeOfTree, unwrapped } from './port-tree.js';
import type { ResolvedEngines } from './resolve-engines.js';
import { namesOfSettings, refuseSetTwice } from './settings-names.js';
import { type ShownParameters, shownParameters } from './shown-parameters.js';
import { createParameterReader, findParameter, type StepParameters } from './step-parameters.js';
import { type StepInstance, type StepValue, treeOfSegments } from './step-value.js';

interface Building {
  readonly spec: Spec;
  readonly engines: ResolvedEngines;
  readonly root: string;
  readonly validators: ParameterValidators;
  readonly report: ReportFailure;
  /** By step, for those that are whole. */
  readonly values: Map<string, StepValue>;
  /** By node: names of the settings that it will write, where its kind can tell. */
  readonly settings: Map<string, readonly string[]>;
  /** By node and port: what its kind tells of it. */
  readonly facts: Map<string, Facts>;
  /** By node: the parameters that tell it from others. */
  readonly given: Map<string, JsonObject>;
  readonly nodes: DraftNode[];
  /** By step: its files, where nothing that varies names any. */
  readonly files: Map<string, ExternalFiles>;
  readonly interpreters: InterpreterVersions;
}

/** The nodes, in an order in which every input comes earlier, and what each step that is whole gives. */
export interface BuiltGraph {
  readonly nodes: readonly DraftNode[];
  readonly values: ReadonlyMap<string, StepValue>;
}

/** Expands and connects the steps; none of them where they would become too many nodes. */
export function buildGraph(
  spec: Spec,
  engines: ResolvedEngines,
  root: string,
  validators: ParameterValidators,
  interpreters: InterpreterVersions,
  report: ReportFailure,
): BuiltGraph {
  const building: Building = {
    spec,
    engines,
    root,
    validators,
    report,
    values: new Map(),
    settings: new Map(),
    facts: new Map(),
    given: new Map(),
    nodes: [],
    files: new Map(),
    interpreters,
  };
  const counted = countNodesOfSteps(orderSteps(spec, report), report);
  for (const one of counted?.values() ?? []) {
    const value = buildStep(one, building);
    if (value !== undefined) building.values.set(one.step.name, value);
  }
  return { nodes: building.nodes, values: building.values };
}

function buildStep({ step, axes }: CountedStep, building: Building): StepValue | undefined {
  const { report } = building;
  const inputs = resolveAll(step.inputs, building.values, report);
  const elements = resolveOver(step, building.values, report);
  const settings = [...inputs, ...(elements ?? []).flatMap(givenIn)].filter(
    ({ input }) => input.port === 'settings',
  );
  const told = settings.map(({ tree }) => namesOfSettings(tree, step, building.settings));
  const toldNames = [...new Set(told.flat())];
  const isGiven =
    settings.length > 0 || [...step.inputs, ...step.over].every(({ port }) => port !== 'settings');
  // What does not tell its names may set whatever the kind takes from settings.
  const tellsAll = isGiven && told.every((names) => names.length > 0);
  const fromSettings = tellsAll ? toldNames : step.kind.parameters.settings;
  const settingNames = step.kind.declarations === undefined ? fromSettings : [];
  const reader = createParameterReader(
    step,
    building.validators,
    (name) => settingNames.includes(name),
    report,
  );
  if (settings[0] !== undefined) refuseSetTwice(step, settings[0], toldNames, report);

  const instances: StepInstance[] = [];
  const connect = createConnector(step, report);
  let isWhole = elements !== undefined;
  for (const combination of combinationsOf(axes)) {
    const parameters = reader.read(combination);
    const own: Label =
      combination.values.length === 0 ? [] : [{ values: combination.values.map(namedValue), isOwn: true }];
    const build = ({ label, takes }: OverElement, outer: Label): PortTree | undefined => {
      const whole = [...outer, ...label];
      if (takes.type === 'node') {
        return buildInstance(
          step,
          combination,
          { label: whole, given: takes.given },
          parameters && { ...parameters, shown: shownParameters(step.kind, parameters, toldNames) },
          inputs,
          connect,
          building,
        );
      }
      const trees = takes.elements.map((one) => build(one, whole));
      const known = trees.filter((tree) => tree !== undefined);
      if (known.length < trees.length) return undefined;
      return { type: 'list', elements: known, labels: takes.elements.map((one) => one.label) };
    };
    // What the elements are is not known then, but whether the kind has such ports is.
    for (const over of elements ?? [{ label: [], takes: { type: 'node' as const, given: [] } }]) {
      const tree = build(over, []);
      if (tree === undefined) isWhole = false;
      else instances.push({ matrix: combination.values, label: [...own, ...over.label], tree });
    }
  }
  return isWhole
    ? { instances, hasMatrix: step.matrix.length > 0, hasOver: step.over.length > 0 }
    : undefined;
}

function namedValue({ name, value }: MatrixValue): LabelPart['values'][number] {
  return { name, value };
}

/** All that the nodes of an element of `over` take. */
function givenIn({ takes }: OverElement): readonly Given[] {
  return takes.type === 'node' ? takes.given : takes.elements.flatMap(givenIn);
}

/** What one node of an `over` takes. */
interface TakenElement {
  /** From the outside in; empty where the step has no `over`. */
  readonly label: Label;
  readonly given: readonly Given[];
}

interface NodeParameters extends StepParameters {
  readonly shown: ShownParameters;
}

/** Adds the nodes of one combination and element; returns what they give, as far as that is known. */
function buildInstance(
  step: StepSpec,
  combination: Combination,
  over: TakenElement,
  parameters: NodeParameters | undefined,
  inputs: readonly Given[],
  connect: Connector,
  building: Building,
): PortTree | undefined {
  const { kind } = step;
  const { report } = building;
  const inputNames = [...step.inputs, ...step.over].map(({ port }) => port);
  const name: NodeIdParts = {
    step: step.name,
    matrix: combination.label,
    elements: over.label.length === 0 ? [] : [labelText(over.label)],
  };
  const id = formatNodeId(name);

  const segmentation = segmentationOf(step);
  const kindPorts =
    typeof kind.inputs !== 'function'
      ? kind.inputs
      : parameters && kind.inputs({ parameters: parameters.full, inputNames });
  const ports = kindPorts && { ...kindPorts, ...segmentation?.ports?.inputs(parameters?.full ?? {}) };
  const connected = ports && connect(ports, [...inputs, ...over.given]);

  if (parameters === undefined || ports === undefined || connected === undefined) {
    // What the step gives is known all the same, so that the steps after it can be checked too.
    const isKnown =
      typeof kind.outputs !== 'function' && segmentation === undefined && kind.plan === undefined;
    return isKnown ? treeOfNode(id, kind.outputs as DraftNode['outputs'], derivationsOf(kind)) : undefined;
  }
  const { full } = parameters;
  const lengths = Object.fromEntries(
    Object.entries(connected).flatMap(([port, tree]) =>
      tree.type === 'list' ? [[port, tree.elements.length] as const] : [],
    ),
  );
  const facts = Object.fromEntries(
    Object.entries(connected).map(([port, tree]) => [port, factsAt(tree, building)] as const),
  );
  const external = externalFiles(step, full, building);
  const common = commonOf(step, combination, { ...parameters, external }, building);
  const planned = { parameters: full, inputNames, lengths, facts, files: common.files };
  const plan = kind.plan?.(planned, plannedLists(ports, [...inputs, ...over.given], building));
  const ofSegments = segmentation?.check?.(planned) ?? [];
  const objections = [
    ...ofSegments,
    ...(kind.check?.(planned) ?? []),
    ...(plan?.objections ?? []),
    ...(external.objections ?? []),
  ].map(({ message, path = [], unknown }) =>
    failureAt(findParameter(step, combination, path).place, 'invalid-value', message, {
      hint: unknown && suggestion(unknown.name, unknown.known),
    }),
  );
  objections.forEach(report);
  if (objections.length > 0) {
    const places = objections.map(({ location }) => location);
    reportMissing(
      common.files.filter(({ location }) => !places.includes(location)),
      building,
    );
  }
  for (const { path, hint } of kind.undeclaredFiles?.({ parameters: full, inputNames }, building.root) ??
    []) {
    report(
      failureAt(
        placeOfText(step.with, path) ?? step,
        'undeclared-file',
        `${step.name} names the file ${path} and does not declare it, so that an edit of it would not be seen`,
        { hint },
      ),
    );
  }

  for (const { path, text } of kind.missingFiles?.({ parameters: full, inputNames }, building.root) ?? []) {
    const { location } = placeOfText(step.with, text) ?? step;
    report({ ...unreadableFile(building.root, path, 'absent'), location });
  }

  const version = versionOfInterpreter(step, full, building);
  const isRefused = ofSegments.length + (plan?.objections.length ?? 0) > 0;
  if (isRefused || version === undefined) return undefined;
  const outputs = {
    ...withShapes(typeof kind.outputs === 'function' ? kind.outputs(full) : kind.outputs, plan),
    ...segmentation?.ports?.outputs,
  };
  const derivations = derivationsOf(kind, full);
  const shared = shareInputs(derivations, [...inputs, ...over.given], (port, message, hint) =>
    report(
      failureAt(findParameter(step, combination, ['outputs', port]).place, 'missing-input', message, {
        hint,
      }),
    ),
  );
  const added = { ...plan?.parameters, ...version };
  const canonical = { ...kind.parameters.canonical(full), ...added };
  const mayLack = Object.keys(connected).filter((port) => ports[port]?.mayLack === true);
  const settings = settingsFor(kind, full, added, connected, building);
  const inputLocations = Object.fromEntries(
    [...step.inputs, ...step.over].map(({ port, location }) => [port, location]),
  );
  const matrix: Label = [{ values: combination.values.map(namedValue) }];
  const label = [...matrix, ...over.label];
  const add = (
    nodeId: string,
    own: JsonObject,
    carried: { readonly [port: string]: Tree<Source> },
    segment: Label = [],
    ofSegment: Pick<GraphNode, 'withSettings' | 'carriedAt'> = {},
  ): PortTree => {
    // How far it comes stands in the place of how far all go.
    const reached = namesOfLabel(segment);
    const isDeclaring = kind.declarations !== undefined;
    const node = {
      ...common,
      givenParameters: { ...common.givenParameters, ...(isDeclaring ? reached : {}) },
      names: {
        ...namesOfLabel([...over.label, ...matrix]),
        ...(isDeclaring ? parameters.shown.names : {}),
        ...reached,
      },
      label: [...label, ...segment],
      ports,
      outputs,
      id: nodeId,
      parameters: own,
      ...settings,
      ...ofSegment,
      inputs: { ...connected, ...carried },
      ...(mayLack.length === 0 ? {} : { mayLack }),
      ...(plan === undefined || plan.notes.length === 0 ? {} : { notes: plan.notes }),
      inputLocations,
    };
    const derived = deriveNodes(node, derivations, shared);
    building.nodes.push(node, ...derived);
    const given = kind.declarations === undefined ? parameters.shown.names : node.names;
    for (const { id: made } of [node, ...derived]) building.given.set(made, given);
    if (kind.namesOfSettings !== undefined) building.settings.set(nodeId, kind.namesOfSettings(full));
    addFacts(nodeId, kind, full, building);
    for (const [port, { kind: deriving, parameters: given = {} }] of Object.entries(derivations)) {
      addFacts(derivedNodeId(nodeId, port), deriving, deriving.parameters.complete(given), building);
    }
    return treeOfNode(nodeId, outputs, derivations);
  };

  if (segmentation === undefined) return add(id, settings === undefined ? canonical : full, {});

  const { carry, countedBy, labelledBy } = segmentation;
  const numbersIn = (one: JsonObject) => numbersOf(step, countedBy, one);
  const segments: { readonly label: Label; readonly tree: PortTree }[] = [];
  let carried: { readonly [port: string]: Tree<Source> } = {};
  for (let index = 0; index < segmentation.count(numbersIn(canonical)); index++) {
    const parametersOf = (one: JsonObject) => segmentation.segment(one, index).parameters;
    const { label: text, parameters: own } = segmentation.segment(
      settings === undefined ? canonical : full,
      index,
    );
    const nodeId = formatNodeId({ ...name, elements: [...name.elements, text] });
    const ofSegment = [{ values: [{ name: labelledBy, value: Number(text) }], text, isSegment: true }];
    const merge = settings?.withSettings;
    const tree = add(nodeId, own, carried, ofSegment, {
      ...(index === 0 ? {} : { carriedAt: carry.input }),
      ...(merge && { withSettings: settingsOfSegment(kind, merge, numbersIn, canonical, parametersOf) }),
    });
    segments.push({ label: ofSegment, tree });
    carried = { [carry.input]: { type: 'file', leaf: { node: nodeId, path: carry.output } } };
  }
  return treeOfSegments(segmentation, segments);
}

/** The elements of the lists that a node takes. */
function plannedLists(ports: DraftNode['ports'], given: readonly Given[], building: Building): PlannedLists {
  return Object.fromEntries(
    given
      .filter(({ input, tree }) => {
        const { type } = ports[input.port]?.shape ?? {};
        return type === 'list' || (type === 'any' && tree.type === 'list');
      })
      .map(({ input, tree }) => [
        input.port,
        flattened(tree).map(({ element, label }) => ({
          label,
          text: labelText(label),
          parameters: building.given.get(nodeIn(element) ?? '') ?? {},
          shape: shapeOfTree(unwrapped(element)),
        })),
      ]),
  );
}

/** The node that something comes from; of a bundle of several, the first. */
function nodeIn(tree: PortTree): string | undefined {
  if (tree.type === 'file') return tree.source.node;
  const below = tree.type === 'list' ? tree.elements : Object.values(tree.ports);
  return below[0] && nodeIn(below[0]);
}

/** Outputs with the shapes that planning gives to those that can be anything; without them, they are not there. */
function withShapes(outputs: DraftNode['outputs'], plan: StepPlan | undefined): DraftNode['outputs'] {
  if (plan === undefined) return outputs;
  return Object.fromEntries(
    Object.entries(outputs).flatMap(([port, output]) => {
      const shape = output.shape.type === 'any' ? plan.shapes[port] : output.shape;
      return shape === undefined ? [] : [[port, { ...output, shape }]];
    }),
  );
}

/** What a node has where values are chosen for it. */
function settingsFor(
  kind: Kind,
  full: JsonObject,
  added: JsonObject,
  inputs: { readonly [port: string]: Tree<Source> },
  { validators }: Building,
): Pick<GraphNode, 'withSettings'> | undefined {
  const validator = validators[kind.name];
  const takesSettings = kind.parameters.settings.length > 0 || kind.declarations !== undefined;
  if (!takesSettings || inputs['settings'] === undefined || !validator) return undefined;
  return { withSettings: (text) => mergeSettings(kind, validator, full, added, text) };
}

/** A matrix of a kind with declarations names these alone, so that its files are looked for once. */
function externalFiles({ name, kind }: StepSpec, full: JsonObject, { files, root }: Building): ExternalFiles {
  if (kind.declarations === undefined) return kind.files?.(full, root) ?? { files: [] };
  const found = files.get(name) ?? kind.files?.(full, root) ?? { files: [] };
  files.set(name, found);
  return found;
}

function commonOf(
  step: StepSpec,
  combination: Combination,
  { full, shown, external }: NodeParameters & { readonly external: ExternalFiles },
  { spec, engines: resolved }: Building,
) {
  const { kind } = step;
  const asked = step.engine ?? spec.engine;
  // All names that steps compute with were resolved.
  const engine = kind.usesEngine === true ? (resolved.choices.get(asked)?.engine ?? asked) : undefined;
  const descriptor = engine === undefined ? undefined : engines[engine];
  const deterministic =
    typeof kind.deterministic === 'function' ? kind.deterministic(full) : (kind.deterministic ?? true);
  return {
    step: step.name,
    kind: kind.name,
    givenParameters: shown.all,
    ...(kind.declarations === undefined ? {} : { declarations: kind.declarations }),
    files: external.files.map(
      (file): LocatedFile => ({ ...file, location: (placeOfText(step.with, file.path) ?? step).location }),
    ),
    patterns: external.patterns ?? [],
    remarks: (external.remarks ?? []).map(({ message, path = [] }) =>
      failureAt(findParameter(step, combination, path).place, 'invalid-value', message),
    ),
    ...(engine === undefined ? {} : { engine, engineByName: engine === asked }),
    resources: demandOf(step, full, descriptor),
    deterministic: deterministic && (descriptor?.deterministic ?? true),
    location: step.location,
  };
}

/** The version of the program that computes, by the parameter that holds it; undefined where none is found, which is said. */
function versionOfInterpreter(
  step: StepSpec,
  full: JsonObject,
  { interpreters, report }: Building,
): JsonObject | undefined {
  const wanted = step.kind.interpreter?.(full);
  if (wanted === undefined) return {};
  const version = interpreters.versionOf(wanted);
  if (version.ok) return { [wanted.parameter]: version.value };
  report({ ...version.failure, location: step.location });
  return undefined;
}

/** Files are read where a plan is made, which a step that is refused does not come to. */
function reportMissing(files: readonly LocatedFile[], { root, report }: Building): void {
  for (const { path, location } of files) {
    const look = lookAtPath(resolve(root, path));
    if (!look.ok) report({ ...unreadableFile(root, path, look.failure), location });
  }
}

function addFacts(node: string, kind: Kind, full: JsonObject, { facts }: Building): void {
  for (const [port, told] of Object.entries(kind.facts?.(full) ?? {})) facts.set(`${node}/${port}`, told);
}

/** What the kinds of the outputs in a tree tell of them, each output once. */
function factsAt(tree: Tree<Source>, { facts }: Building): readonly Facts[] {
  const outputs = new Set([...leavesOf(tree)].map(({ leaf }) => `${leaf.node}/${leaf.path.split('/')[0]}`));
  return [...outputs].flatMap((output) => facts.get(output) ?? []);
}

/** Where a text stands under `with`, for failures about files. */
function placeOfText(value: LocatedValue, text: Json): LocatedValue | undefined {
  if (value.type === 'scalar')
    return typeof value.value === 'string' && value.value.includes(String(text)) ? value : undefined;
  const below =
    value.type === 'list' ? value.elements : [...value.entries.values()].map((entry) => entry.value);
  for (const one of below) {
    const found = placeOfText(one, text);
    if (found !== undefined) return found;
  }
  return undefined;
}
