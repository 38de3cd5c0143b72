import { resolve } from 'node:path';
import { sha256 } from '../../base/canonical.js';
import { lookAtPath } from '../../base/files/user-path.js';
import { joined } from '../../base/joined.js';
import type { JsonObject } from '../../base/json.js';
import { suggestion } from '../../base/nearest-name.js';
import { formatNodeId, type NodeIdParts } from '../../base/node-id.js';
import { engines as descriptors } from '../../engines/registry.js';
import type { ExternalFiles, Label, Objection, Segmentation, StepPlan, StepShape } from '../../kinds/kind.js';
import type { ChosenExecutor } from '../choose-executor.js';
import type { ImportTracer } from '../imports/import-tracer.js';
import type { InterpreterVersions } from '../interpreter-versions.js';
import { segmentationOf } from '../spec/segments-spec.js';
import type { StepSpec } from '../spec/step-spec.js';
import { failureAt, placeOfText, type ReportFailure } from '../text/located-value.js';
import { settingsMerger, settingsOfSegment } from './chosen-settings.js';
import type { Connector, Given } from './connect-inputs.js';
import { numbersOf } from './count-nodes.js';
import { demandOf, jobText } from './demand.js';
import { derivationsOf, deriveNodes, type SharedInputs, shareInputs, treeOfNode } from './derive-nodes.js';
import type { Combination } from './expand-matrix.js';
import type { Demand, DraftNode, LocatedFile } from './graph.js';
import type { KnownNodes } from './known-nodes.js';
import { labelText, namesOfLabel } from './label.js';
import { unreadableFile } from './nearest-file.js';
import type { ParameterValidators } from './parameter-errors.js';
import type { PortTree, Source } from './port-tree.js';
import { engineOfStep, type ResolvedEngines } from './resolve-engines.js';
import type { ShownParameters } from './shown-parameters.js';
import { findParameter, type StepParameters } from './step-parameters.js';
import { treeOfSegments } from './step-value.js';

/** What the nodes of a step are made with. */
export interface NodeContext {
  readonly connect: Connector;
  /** The files that such a step reads, with what its program imports. */
  readonly findFiles: (step: StepShape) => ExternalFiles;
  /** What the pipeline names as its engine. */
  readonly engine: string;
  readonly engines: ResolvedEngines;
  readonly executor: ChosenExecutor;
  readonly root: string;
  readonly validators: ParameterValidators;
  readonly interpreters: InterpreterVersions;
  readonly tracer: ImportTracer;
  readonly known: KnownNodes;
  readonly report: ReportFailure;
}

/** A step with one combination of its matrix and one element of its `over`. */
export interface Instance {
  readonly step: StepSpec;
  readonly combination: Combination;
  /** Of the element, from the outside in; empty where the step has no `over`. */
  readonly overLabel: Label;
  /** What `in` and `over` give it. */
  readonly given: readonly Given[];
}

/** Parameters of an instance, and what people see of them. */
export interface InstanceParameters extends StepParameters {
  readonly shown: ShownParameters;
}

/** An instance with what its nodes are made of. */
interface ConnectedInstance extends Instance {
  readonly parameters: InstanceParameters;
  readonly inputNames: readonly string[];
  readonly ports: DraftNode['ports'];
  readonly inputs: DraftNode['inputs'];
  readonly external: ExternalFiles;
  readonly files: readonly LocatedFile[];
}

/** An instance that has passed all checks, with what its nodes have in common. */
interface PreparedInstance extends ConnectedInstance {
  /** Parameters that planning adds, which stand beside those of the step as they are. */
  readonly added: JsonObject;
  readonly outputs: DraftNode['outputs'];
  readonly derivations: ReturnType<typeof derivationsOf>;
  readonly shared: SharedInputs;
  readonly common: ReturnType<typeof commonProperties>;
}

/**
 * Makes the nodes of an instance: one, or a chain of segments. Returns what they give, as far as that is known.
 *
 * @param parameters undefined where they are not as they must be
 */
export type NodeBuilder = (
  instance: Instance,
  parameters: InstanceParameters | undefined,
) => PortTree | undefined;

/**
 * A builder for the instances of a step. What has been checked of one combination of a matrix holds for all that are
 * alike by the kind's `variant`, unless there was something to tell.
 *
 * @param isOneOfMany whether there are several combinations
 */
export function createNodeBuilder(step: StepSpec, given: NodeContext, isOneOfMany: boolean): NodeBuilder {
  let reported = 0;
  const report: ReportFailure = (failure) => {
    reported++;
    given.report(failure);
  };
  const context: NodeContext = { ...given, report };
  const { variant } = step.kind;
  // How many segments there are is counted by a declared value.
  const mayBeAlike = isOneOfMany && segmentationOf(step) === undefined;
  /** By what they are given, and the variant. */
  const prepared = new Map<Instance['given'], Map<string, PreparedInstance>>();

  return (instance, parameters) => {
    if (!mayBeAlike || variant === undefined || parameters === undefined) {
      const one = prepareInstance(instance, parameters, context);
      return one.isReady ? addNodes(instance, one.prepared, one.prepared.parameters, context) : one.foreseen;
    }
    const name = variant(parameters.full, context.root);
    const alike = prepared.get(instance.given) ?? new Map<string, PreparedInstance>();
    prepared.set(instance.given, alike);
    const known = alike.get(name);
    if (known !== undefined) return addNodes(instance, known, parameters, context);
    const before = reported;
    const one = prepareInstance(instance, parameters, context);
    if (!one.isReady) return one.foreseen;
    if (reported === before) alike.set(name, one.prepared);
    return addNodes(instance, one.prepared, parameters, context);
  };
}

/** Connects and checks an instance; where it cannot be, what it gives all the same. */
function prepareInstance(
  instance: Instance,
  parameters: InstanceParameters | undefined,
  context: NodeContext,
):
  | { readonly isReady: true; readonly prepared: PreparedInstance }
  | { readonly isReady: false; readonly foreseen: PortTree | undefined } {
  const { step, combination, given } = instance;
  const connected = connectInstance(instance, parameters, context);
  if (connected === undefined) return { isReady: false, foreseen: foreseenTree(instance, parameters) };
  const { full } = connected.parameters;
  const plan = planInstance(connected, context);
  reportUnseenFiles(connected, context);
  const version = interpreterVersion(step, full, context);
  const isRefused = plan !== undefined && plan.objections.length > 0;
  if (isRefused || version === undefined) return { isReady: false, foreseen: undefined };
  const derivations = derivationsOf(step.kind, full);
  const shared = shareInputs(derivations, given, (port, message, hint) => {
    const { place } = findParameter(step, combination, ['outputs', port]);
    context.report(failureAt(place, 'missing-input', message, { hint }));
  });
  const prepared = {
    ...connected,
    added: { ...plan?.parameters, ...version },
    outputs: outputsOf(connected, plan),
    derivations,
    shared,
    common: commonProperties(connected, plan, context),
  };
  return { isReady: true, prepared };
}

function idPartsOf({ step, combination, overLabel }: Instance): NodeIdParts {
  const elements = overLabel.length === 0 ? [] : [labelText(overLabel)];
  return { step: step.name, matrix: combination.label, elements };
}

/** Undefined where parameters or inputs are not known, or not as they must be. */
function connectInstance(
  instance: Instance,
  parameters: InstanceParameters | undefined,
  { connect, findFiles }: NodeContext,
): ConnectedInstance | undefined {
  const { step, given } = instance;
  const { kind } = step;
  const inputNames = [...step.inputs, ...step.over].map(({ port }) => port);
  const kindPorts =
    typeof kind.inputs !== 'function'
      ? kind.inputs
      : parameters && kind.inputs({ parameters: parameters.full, inputNames });
  const ofSegments = segmentationOf(step)?.ports?.inputs(parameters?.full ?? {});
  const ports = kindPorts && { ...kindPorts, ...ofSegments };
  const inputs = ports && connect(ports, given);
  if (parameters === undefined || ports === undefined || inputs === undefined) return undefined;
  const external = findFiles({ parameters: parameters.full, inputNames });
  const files = external.files.map((file) => ({
    ...file,
    location: (placeOfText(step.with, file.path) ?? step).location,
  }));
  return { ...instance, parameters, inputNames, ports, inputs, external, files };
}

/** What a step gives whatever it is given, so that the steps after it can be checked although it is refused. */
function foreseenTree(instance: Instance, parameters: InstanceParameters | undefined): PortTree | undefined {
  const { kind } = instance.step;
  if (kind.plan !== undefined || segmentationOf(instance.step) !== undefined) return undefined;
  const outputs =
    typeof kind.outputs === 'function' ? parameters && kind.outputs(parameters.full) : kind.outputs;
  if (outputs === undefined) return undefined;
  return treeOfNode(formatNodeId(idPartsOf(instance)), outputs, derivationsOf(kind, parameters?.full));
}

/** What the kind's planning adds; reports what it and the kind's checks object to. */
function planInstance(connected: ConnectedInstance, context: NodeContext): StepPlan | undefined {
  const { step, combination, given, parameters, inputNames, ports, inputs, external, files } = connected;
  const { known, report } = context;
  const lengths = Object.entries(inputs).flatMap(([port, tree]) =>
    tree.type === 'list' ? [[port, tree.elements.length] as const] : [],
  );
  const planned = {
    parameters: parameters.full,
    inputNames,
    lengths: Object.fromEntries(lengths),
    facts: Object.fromEntries(Object.entries(inputs).map(([port, tree]) => [port, known.factsAt(tree)])),
    files,
  };
  const planOfKind = step.kind.plan?.(planned, known.elementsOf(ports, given));
  const ofSegments = segmentationOf(step)?.check?.(planned) ?? [];
  // A kind that lets steps say how they are cut has a plan.
  const plan = planOfKind && { ...planOfKind, objections: [...planOfKind.objections, ...ofSegments] };
  const objections: readonly Objection[] = [
    ...objectionToEngine(step, parameters.full),
    ...objectionToLists(step, parameters.full, context),
    ...(step.kind.check?.(planned) ?? []),
    ...(plan?.objections ?? []),
    ...(external.objections ?? []),
  ];
  const failures = objections.map(({ message, path = [], unknown, undeclared }) => {
    const reason = undeclared === undefined ? 'invalid-value' : 'undeclared-file';
    const hint = undeclared ?? (unknown && suggestion(unknown.name, unknown.known));
    return failureAt(findParameter(step, combination, path).place, reason, message, { hint });
  });
  failures.forEach(report);
  if (failures.length > 0) {
    const places = failures.map(({ location }) => location);
    reportUnreadable(
      files.filter(({ location }) => !places.includes(location)),
      context,
    );
  }
  return plan;
}

/** A step may name another engine than the only one; what the pipeline names is for steps that leave it the choice. */
function objectionToEngine({ kind, engine }: StepSpec, full: JsonObject): readonly Objection[] {
  const only = kind.onlyEngine?.(full);
  if (only === undefined || engine === undefined || engine === only || engine === 'auto') return [];
  return [{ message: `engine: ${engine} does not compute models in Python; leave it out, or write ${only}` }];
}

/** Lists of items are no part of what every engine gives; said before anything was trained. */
function objectionToLists(step: StepSpec, full: JsonObject, context: NodeContext): readonly Objection[] {
  if (step.kind.wantsLists?.(full) !== true) return [];
  const { engine: chosen } = engineOfStep(step, full, { ...context, atTop: context.engine });
  if (chosen === undefined || descriptors[chosen]?.listsItems !== false) return [];
  return [
    {
      path: ['top_items'],
      message: `the engine ${chosen} gives ranks, and no lists of items as top_items asks for; give the step engine: wasm, or leave out top_items`,
    },
  ];
}

/** Files are read where a plan is made, which a step that is refused does not come to. */
function reportUnreadable(files: readonly LocatedFile[], { root, report }: NodeContext): void {
  for (const { path, location } of files) {
    const look = lookAtPath(resolve(root, path));
    if (!look.ok) report({ ...unreadableFile(root, path, look.failure), location });
  }
}

/** Reports files that the step would read or run although it does not declare them or they are nowhere. */
function reportUnseenFiles(
  { step, parameters: { full }, inputNames, files }: ConnectedInstance,
  { root, report }: NodeContext,
): void {
  const shape = { parameters: full, inputNames, files };
  for (const { path, hint, isFolder = false } of step.kind.undeclaredFiles?.(shape, root) ?? []) {
    const message = `${step.name} names the ${isFolder ? 'folder' : 'file'} ${path} and does not declare it, so that an edit ${isFolder ? 'in' : 'of'} it would not be seen`;
    report(failureAt(placeOfText(step.with, path) ?? step, 'undeclared-file', message, { hint }));
  }
  for (const { path, text } of step.kind.missingFiles?.(shape, root) ?? []) {
    const { location } = placeOfText(step.with, text) ?? step;
    report({ ...unreadableFile(root, path, 'absent'), location });
  }
}

/** The version of the program that computes, by the parameter that holds it; undefined where none is found, which is said. */
function interpreterVersion(
  step: StepSpec,
  full: JsonObject,
  { interpreters, root, report }: NodeContext,
): JsonObject | undefined {
  const wanted = step.kind.interpreter?.(full, root);
  if (wanted === undefined) return {};
  const version = interpreters.find(wanted);
  if (version.ok) return { [wanted.parameter]: version.value.version };
  if (wanted.mayBeSilent) return {};
  report({ ...version.failure, location: step.location });
  return undefined;
}

/** @param prepared what was found of it, or of one that is alike */
function addNodes(
  instance: Instance,
  prepared: PreparedInstance,
  { full, shown }: InstanceParameters,
  context: NodeContext,
): PortTree {
  const { step, combination, overLabel } = instance;
  const { inputs, added, outputs, derivations, shared } = prepared;
  const { kind } = step;
  const withSettings = settingsMerger(kind, context.validators, full, added, inputs);
  const canonical = joined(kind.parameters.canonical(full), added);
  const common = {
    outputs,
    ...prepared.common,
    ...(withSettings === undefined ? {} : { withSettings }),
  };
  const matrix: Label = [{ values: combination.values.map(({ name, value }) => ({ name, value })) }];

  const add: NodeAdder = (id, own, { carried, label: segment, isPart = false, ...more } = byItself) => {
    // How far a segment comes stands in the place of how far all go.
    const reached = namesOfLabel(segment);
    const isDeclaring = kind.declarations !== undefined;
    const label = [...matrix, ...overLabel, ...segment];
    const names = joined(
      namesOfLabel([...overLabel, ...matrix]),
      isDeclaring ? joined(shown.names, reached) : reached,
    );
    const node = {
      id,
      names,
      givenParameters: isDeclaring && segment.length > 0 ? { ...shown.all, ...reached } : shown.all,
      label,
      parameters: own,
      inputs: segment.length === 0 ? inputs : { ...inputs, ...carried },
      ...common,
      ...more,
      ...(isPart ? { resources: { ...common.resources, sharesSlots: true } } : {}),
    };
    const derived = deriveNodes(node, derivations, shared);
    context.known.add(node, derived, { kind, derivations }, full, isDeclaring ? names : shown.names);
    return treeOfNode(id, outputs, derivations);
  };

  const parts = idPartsOf(instance);
  const segmentation = segmentationOf(step);
  // With settings to come they are not yet canonical.
  const own = withSettings === undefined ? canonical : full;
  if (segmentation === undefined) return add(formatNodeId(parts), own);
  return addSegments({ step, segmentation, parts, own, canonical, withSettings }, add);
}

const byItself = { carried: {}, label: [], isPart: false };

/** Adds a node, by itself or as a segment of a chain. */
type NodeAdder = (
  id: string,
  own: JsonObject,
  segment?: Pick<DraftNode, 'withSettings' | 'carriedAt'> & {
    /** What it takes of the segment before. */
    readonly carried: DraftNode['inputs'];
    readonly label: Label;
    /** Whether there are others. */
    readonly isPart?: boolean;
  },
) => PortTree;

/** What the segments of an instance are made of. */
interface Chain {
  readonly step: StepSpec;
  readonly segmentation: Segmentation;
  readonly parts: NodeIdParts;
  /** Parameters of the whole, as those of a node would be. */
  readonly own: JsonObject;
  readonly canonical: JsonObject;
  readonly withSettings: DraftNode['withSettings'];
}

function addSegments(chain: Chain, add: NodeAdder): PortTree {
  const { step, segmentation, parts, own, canonical, withSettings } = chain;
  const { count, countedBy, segment: segmentAt, labelledBy, carry } = segmentation;
  const numbersIn = (parameters: JsonObject) => numbersOf(step, countedBy, parameters);
  const segments: { readonly label: Label; readonly tree: PortTree }[] = [];
  let carried: DraftNode['inputs'] = {};
  const segmentCount = count(numbersIn(canonical));
  for (let index = 0; index < segmentCount; index++) {
    const { label: text, parameters } = segmentAt(own, index);
    const id = formatNodeId({ ...parts, elements: [...parts.elements, text] });
    const label = [{ values: [{ name: labelledBy, value: Number(text) }], text, isSegment: true }];
    const merge =
      withSettings &&
      settingsOfSegment(
        step.kind,
        withSettings,
        numbersIn,
        canonical,
        (one) => segmentAt(one, index).parameters,
      );
    const tree = add(id, parameters, {
      carried,
      label,
      isPart: segmentCount > 1,
      ...(index === 0 ? {} : { carriedAt: carry.input }),
      ...(merge === undefined ? {} : { withSettings: merge }),
    });
    segments.push({ label, tree });
    const leaf: Source = { node: id, path: carry.output };
    carried = { [carry.input]: { type: 'file', leaf } };
  }
  return treeOfSegments(segmentation, segments);
}

/** With the shapes that planning gives to those that can be anything; without them, they are not there. */
function outputsOf(
  { step, parameters }: ConnectedInstance,
  plan: StepPlan | undefined,
): DraftNode['outputs'] {
  const { kind } = step;
  const ofKind = typeof kind.outputs === 'function' ? kind.outputs(parameters.full) : kind.outputs;
  const outputs = { ...ofKind, ...segmentationOf(step)?.ports?.outputs };
  if (plan === undefined) return outputs;
  return Object.fromEntries(
    Object.entries(outputs).flatMap(([port, output]) => {
      const shape = output.shape.type === 'any' ? plan.shapes[port] : output.shape;
      return shape === undefined ? [] : [[port, { ...output, shape }]];
    }),
  );
}

function importsOf({ imports }: ExternalFiles): Pick<DraftNode, 'imports'> {
  return imports === undefined ? {} : { imports: { manifest: imports, digest: sha256(imports) } };
}

/** What is the same for all nodes of an instance. */
function commonProperties(
  { step, combination, parameters, ports, inputs, external, files }: ConnectedInstance,
  plan: StepPlan | undefined,
  context: NodeContext,
) {
  const { kind } = step;
  const { full } = parameters;
  const { engine, isByName, note, remark } = engineOfStep(step, full, { ...context, atTop: context.engine });
  const descriptor = engine === undefined ? undefined : descriptors[engine];
  const isDeterministic =
    typeof kind.deterministic === 'function' ? kind.deterministic(full) : (kind.deterministic ?? true);
  const mayLack = Object.keys(inputs).filter((port) => ports[port]?.mayLack === true);
  const resources = demandOf(step, full, descriptor, context.executor);
  return {
    step: step.name,
    kind: kind.name,
    ...(kind.declarations === undefined ? {} : { declarations: kind.declarations }),
    files,
    patterns: external.patterns ?? [],
    ...importsOf(external),
    remarks: [
      ...(external.remarks ?? []).map(({ message, path = [] }) =>
        failureAt(findParameter(step, combination, path).place, 'invalid-value', message),
      ),
      ...(remark === undefined ? [] : [remark]),
    ],
    ...(engine === undefined ? {} : { engine, engineByName: isByName }),
    resources,
    deterministic: isDeterministic && (descriptor?.deterministic ?? true),
    location: step.location,
    ports,
    ...purposeOfFiles(step, full, ports),
    ...(mayLack.length === 0 ? {} : { mayLack }),
    ...notesOf(plan, resources, note),
    inputLocations: Object.fromEntries(
      [...step.inputs, ...step.over].map(({ port, location }) => [port, location]),
    ),
  };
}

/** What a step does with data in its files: what its kind says, else what it does with its inputs. */
function purposeOfFiles(
  { kind }: StepSpec,
  full: JsonObject,
  ports: DraftNode['ports'],
): Pick<DraftNode, 'usesFilesTo'> {
  const use = kind.usesFilesTo?.(full);
  if (use !== undefined) return { usesFilesTo: use };
  if (Object.values(ports).some(({ learns }) => learns === true)) return { usesFilesTo: 'learn' };
  return Object.values(ports).some(({ chooses }) => chooses === true) ? { usesFilesTo: 'choose' } : {};
}

/** What a plan says of a step: what its kind has to say, and what its jobs ask for and compute with. */
function notesOf(
  plan: StepPlan | undefined,
  resources: Demand,
  ofEngine: string | undefined,
): Pick<DraftNode, 'notes'> {
  const notes = [plan?.notes ?? [], jobText(resources) ?? [], ofEngine ?? []].flat();
  return notes.length === 0 ? {} : { notes };
}
