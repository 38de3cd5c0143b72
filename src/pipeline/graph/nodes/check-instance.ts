import { resolve } from 'node:path';
import { lookAtPath } from '../../../base/files/user-path.js';
import type { JsonObject } from '../../../base/json.js';
import { suggestion } from '../../../base/nearest-name.js';
import { engines as descriptors } from '../../../engines/registry.js';
import type { Objection, StepPlan } from '../../../kinds/kind.js';
import { segmentationOf } from '../../spec/segments-spec.js';
import type { StepSpec } from '../../spec/step-spec.js';
import { failureAt, placeOfText } from '../../text/located-value.js';
import type { LocatedFile } from '../graph.js';
import { unreadableFile } from '../nearest-file.js';
import { engineOfStep } from '../resolve-engines.js';
import { findParameter, writtenNames } from '../step-parameters.js';
import type { ConnectedInstance, NodeContext } from './instance.js';

/** What the kind's planning adds; reports what it and the kind's checks object to. */
export function planInstance(connected: ConnectedInstance, context: NodeContext): StepPlan | undefined {
  const { step, combination, given, parameters, inputNames, ports, inputs, external, files } = connected;
  const { known, report } = context;
  const lengths = Object.entries(inputs).flatMap(([port, tree]) =>
    tree.type === 'list' ? [[port, tree.elements.length] as const] : [],
  );
  const planned = {
    parameters: parameters.full,
    inputNames,
    written: writtenNames(parameters, combination),
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
export function reportUnseenFiles(
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
export function interpreterVersion(
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
