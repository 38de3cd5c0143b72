import type { Failure } from '../../base/failure.js';
import type { Tree } from '../../base/files/tree.js';
import { isJsonObject, type Json, type JsonObject } from '../../base/json.js';
import { own } from '../../base/own-properties.js';
import { failed, type Result, success } from '../../base/result.js';
import { declaredNames, pathOfDeclared, withValueAt } from '../../kinds/declared-values.js';
import type { Kind } from '../../kinds/kind.js';
import type { Digest, ObjectReference } from '../../store/entry.js';
import type { GraphNode } from './graph.js';
import { type ParameterValidator, type ParameterValidators, parameterErrors } from './parameter-errors.js';

/** A node's parameters as its body gets them, as far as they can be known once its inputs are. */
export type FinalParameters =
  | { readonly type: 'known'; readonly parameters: JsonObject }
  /** The settings' bytes are gone or bad: what chose them has to run again. */
  | { readonly type: 'unreadable' }
  | { readonly type: 'refused'; readonly failure: Failure };

/** The parameters of a node whose inputs are known, with what has been chosen for it in their place. */
export async function finalParameters(
  { parameters, withSettings, location }: Pick<GraphNode, 'parameters' | 'withSettings' | 'location'>,
  inputs: { readonly [port: string]: Tree<ObjectReference> },
  getText: (digest: Digest) => Promise<string | undefined>,
): Promise<FinalParameters> {
  const { settings } = inputs;
  if (withSettings === undefined || settings?.type !== 'file') return { type: 'known', parameters };
  const text = await getText(settings.leaf.digest);
  if (text === undefined) return { type: 'unreadable' };
  const merged = withSettings(text);
  return merged.ok
    ? { type: 'known', parameters: merged.value }
    : { type: 'refused', failure: { ...merged.failure, location } };
}

/** The inputs that a node's key and body know: what settings hold is among the parameters. */
export function inputsBesideSettings<Value>(
  { withSettings }: Pick<GraphNode, 'withSettings'>,
  inputs: { readonly [port: string]: Value },
): { readonly [port: string]: Value } {
  if (withSettings === undefined) return inputs;
  const { settings: _, ...rest } = inputs;
  return rest;
}

/**
 * What merges a document of settings with a node's parameters; undefined where none are chosen for it.
 *
 * @param planned What planning has added, which stands beside them as it is.
 */
export function settingsMerger(
  kind: Kind,
  validators: ParameterValidators,
  complete: JsonObject,
  planned: JsonObject,
  inputs: GraphNode['inputs'],
): GraphNode['withSettings'] {
  const validator = validators[kind.name];
  const takesSettings = kind.parameters.settings.length > 0 || kind.declarations !== undefined;
  if (!takesSettings || inputs['settings'] === undefined || !validator) return undefined;
  return (text) => mergeSettings(kind, validator, complete, planned, text);
}

/** Puts what a document of settings holds in the place of parameters, checks them and makes them canonical. */
function mergeSettings(
  kind: Kind,
  validator: ParameterValidator,
  complete: JsonObject,
  planned: JsonObject,
  text: string,
): Result<JsonObject, Failure> {
  const given = objectIn(text);
  if (given === undefined) return refused(kind, [`they are not an object: ${text.slice(0, 80)}`]);
  const known = settingsOf(kind, complete);
  let merged = complete;
  const messages: string[] = [];
  for (const [name, value] of Object.entries(given)) {
    const path = known.pathOf(name);
    if (path === undefined) messages.push(`${name} is none of ${known.names.join(', ')}`);
    else merged = withValueAt(merged, path, value);
  }
  for (const { message } of parameterErrors(kind, validator, merged)) messages.push(message);
  if (messages.length > 0) return refused(kind, messages);
  return success({ ...kind.parameters.canonical(merged), ...planned });
}

/**
 * What gives a segment its parameters where settings are chosen for the step.
 *
 * @param numbers What segments were counted by, as planning knew it: settings cannot change how many there are.
 * @param segment The parameters of the segment, from those of the step.
 */
export function settingsOfSegment(
  kind: Kind,
  merge: NonNullable<GraphNode['withSettings']>,
  numbersIn: (parameters: JsonObject) => JsonObject,
  planned: JsonObject,
  segment: (parameters: JsonObject) => JsonObject,
): NonNullable<GraphNode['withSettings']> {
  const numbers = numbersIn(planned);
  return (text) => {
    const merged = merge(text);
    if (!merged.ok) return merged;
    const chosen = numbersIn(merged.value);
    const changed = Object.keys(numbers).filter((name) => own(chosen, name) !== numbers[name]);
    if (changed.length === 0) return success(segment(merged.value));
    return refused(kind, [
      `${changed.join(' and ')} is what segments are made of, and has to be known when a plan is made`,
    ]);
  };
}

/** The names that a step takes from settings, and where among the parameters each goes. */
export function settingsOf(
  { parameters: { settings }, declarations }: Kind,
  complete: JsonObject,
): { readonly names: readonly string[]; pathOf(name: string): readonly string[] | undefined } {
  if (declarations === undefined) {
    return { names: settings, pathOf: (name) => (settings.includes(name) ? [name] : undefined) };
  }
  const values = complete[declarations];
  const declared = isJsonObject(values) ? values : {};
  return {
    names: declaredNames(declared),
    pathOf(name) {
      const path = pathOfDeclared(declared, name);
      return path && [declarations, ...path];
    },
  };
}

function objectIn(text: string): JsonObject | undefined {
  try {
    const json = JSON.parse(text) as Json;
    return isJsonObject(json) ? json : undefined;
  } catch {
    return undefined;
  }
}

function refused({ name }: Kind, messages: readonly string[]): Result<never, Failure> {
  return failed({
    reason: 'invalid-value',
    message: `the settings that the step was given do not fit ${name}: ${messages.join('; ')}`,
    hint: 'change which values the step that chooses them writes',
  });
}
