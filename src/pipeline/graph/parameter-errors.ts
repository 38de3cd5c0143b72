import type { ErrorObject } from 'ajv';
import { builtFile } from '../../base/files/built-file.js';
import { isJsonObject, type Json } from '../../base/json.js';
import { didYouMean, suggestion } from '../../base/nearest-name.js';
import type { Kind } from '../../kinds/kind.js';
import type { JsonSchema } from '../../kinds/parameters.js';

/** A kind's schema, compiled: true for valid parameters, else `errors` says what is wrong. */
export interface ParameterValidator {
  (parameters: unknown): boolean;
  errors?: readonly ErrorObject[] | null | undefined;
}

/** By kind. */
export interface ParameterValidators {
  readonly [kind: string]: ParameterValidator;
}

/** Loads the validators that the build compiled from the kinds' schemas. */
export async function loadValidators(): Promise<ParameterValidators> {
  return (await loadBuilt()).validators;
}

/** Likewise that of kshot.yaml. */
export async function loadSettingsValidator(): Promise<ParameterValidator> {
  return (await loadBuilt()).settingsValidator;
}

async function loadBuilt() {
  return (await import(builtFile('validators.js').href)) as {
    readonly validators: ParameterValidators;
    readonly settingsValidator: ParameterValidator;
  };
}

/** One thing wrong with parameters, in plain words. */
export interface ParameterError {
  /** Names and indices that lead to what is wrong. */
  readonly path: readonly string[];
  readonly type: 'unknown' | 'missing' | 'invalid';
  /** The name that is unknown or missing. */
  readonly name?: string;
  readonly message: string;
  readonly hint?: string;
}

/** Checks parameters by the kind's compiled schema; empty where they are valid. */
export function parameterErrors(
  kind: Pick<Kind, 'name' | 'parameters'>,
  validator: ParameterValidator,
  parameters: Json,
): readonly ParameterError[] {
  if (validator(parameters)) return [];
  return withoutEchoes(validator.errors ?? []).map((error) =>
    inPlainWords(error, kind.name, kind.parameters.schema, parameters),
  );
}

/** Leaves out what a failed choice says of each of its branches, unless one of them got further than the choice. */
function withoutEchoes(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const choices = errors.filter(({ keyword }) => keyword === 'anyOf' || keyword === 'oneOf');
  return errors.flatMap((error) => {
    // What is wrong with a name is said by the keyword that the name fails.
    if (error.keyword === 'if' || error.keyword === 'propertyNames') return [];
    const choice = choices.find((one) => one !== error && isBelow(error, one));
    if (choice !== undefined) return error.instancePath.length > choice.instancePath.length ? [error] : [];
    if (!choices.includes(error)) return [error];
    const branches = errors.filter((one) => isBelow(one, error));
    if (branches.some((one) => one.instancePath.length > error.instancePath.length)) return [];
    const types = branches
      .filter(({ keyword }) => keyword === 'type')
      .flatMap(({ params }) => params['type']);
    if (types.length === branches.length) return [{ ...error, keyword: 'type', params: { type: types } }];
    return branches.filter(({ keyword }) => keyword !== 'type').slice(0, 1);
  });
}

/** Whether an error is part of what makes a choice fail: of one of its branches, at the same place or inside. */
function isBelow(error: ErrorObject, choice: ErrorObject): boolean {
  return (
    error.schemaPath.startsWith(`${choice.schemaPath}/`) &&
    `${error.instancePath}/`.startsWith(`${choice.instancePath}/`)
  );
}

function inPlainWords(
  error: ErrorObject,
  kind: string,
  schema: JsonSchema,
  parameters: Json,
): ParameterError {
  const path = pointerNames(error.instancePath);
  const value = valueAt(parameters, path);
  const subject = path.length === 0 ? kind : path.join('.');
  const invalid = (demand: string, hint?: string): ParameterError => ({
    path,
    type: 'invalid',
    message: `${subject} must ${demand}, is ${shown(value)}`,
    ...(hint === undefined ? {} : { hint }),
  });
  const params = error.params as { readonly [name: string]: unknown };
  const limit = String(params['limit']);
  switch (error.keyword) {
    case 'type':
      return invalid(`be ${[params['type']].flat().map(typeName).join(' or ')}`);
    case 'enum': {
      const allowed = (params['allowedValues'] as readonly Json[]).map(shown);
      return invalid(`be one of ${allowed.join(', ')}`, didYouMean(shown(value), allowed));
    }
    case 'const':
      return invalid(`be ${shown(params['allowedValue'] as Json)}`);
    case 'minimum':
      return invalid(`be at least ${limit}`);
    case 'maximum':
      return invalid(`be at most ${limit}`);
    case 'exclusiveMinimum':
      return invalid(`be more than ${limit}`);
    case 'exclusiveMaximum':
      return invalid(`be less than ${limit}`);
    case 'multipleOf':
      return invalid(`be a multiple of ${params['multipleOf']}`);
    case 'minLength':
      return invalid(`have at least ${limit} characters`);
    case 'maxLength':
      return invalid(`have at most ${limit} characters`);
    case 'minItems':
      return invalid(`have at least ${limit} elements`);
    case 'maxItems':
      return invalid(`have at most ${limit} elements`);
    case 'uniqueItems':
      return invalid('not have the same element twice');
    case 'pattern':
      if (error.propertyName !== undefined) {
        return {
          path: [...path, error.propertyName],
          type: 'unknown',
          name: error.propertyName,
          message: `${shown(error.propertyName)} is no name in ${subject}: it must ${likeness(error, schema)}`,
        };
      }
      return invalid(likeness(error, schema));
    case 'required': {
      const name = String(params['missingProperty']);
      return {
        path,
        type: 'missing',
        name,
        message: `${subject} needs ${name}`,
        hint: `add ${name}: ${exampleOf(propertyOf(schemaOf(error, schema), name))}`,
      };
    }
    case 'additionalProperties':
    case 'unevaluatedProperties': {
      const name = String(params['additionalProperty'] ?? params['unevaluatedProperty']);
      const properties = schemaOf(error, schema)['properties'];
      const hint = suggestion(
        name,
        isJsonObject(properties as Json) ? Object.keys(properties as object) : [],
      );
      return {
        path: [...path, name],
        type: 'unknown',
        name,
        message: `${subject} has no parameter ${name}`,
        ...(hint === undefined ? {} : { hint }),
      };
    }
    default:
      return { path, type: 'invalid', message: `${subject} ${error.message ?? 'is not valid'}` };
  }
}

/** What is wanted of a text with a pattern, which nobody likes to read: an example, where the schema has one. */
function likeness(error: ErrorObject, schema: JsonSchema): string {
  const [example] = (schemaOf(error, schema)['examples'] ?? []) as readonly Json[];
  return example === undefined
    ? `match ${(error.params as { readonly pattern: string }).pattern}`
    : `look like ${shown(example)}`;
}

const typeNames: { readonly [type: string]: string } = {
  number: 'a number',
  integer: 'a whole number',
  string: 'text',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
};

const examples: { readonly [type: string]: string } = {
  number: 'NUMBER',
  integer: 'NUMBER',
  string: 'TEXT',
  boolean: 'true',
  array: '[...]',
  object: '{ ... }',
};

function typeName(type: unknown): string {
  return typeNames[String(type)] ?? String(type);
}

/** A value as it could be written, cut where it is long. */
function shown(value: Json | undefined): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function exampleOf(schema: JsonSchema | undefined): string {
  const type = [schema?.['type']].flat()[0];
  return examples[String(type)] ?? 'VALUE';
}

function propertyOf(schema: JsonSchema, name: string): JsonSchema | undefined {
  const properties = schema['properties'] as { readonly [name: string]: JsonSchema } | undefined;
  return properties !== undefined && Object.hasOwn(properties, name) ? properties[name] : undefined;
}

/** The schema that holds the keyword that failed; empty where the path does not lead there. */
function schemaOf(error: ErrorObject, schema: JsonSchema): JsonSchema {
  // Unlike the path in the instance, this one is written as part of a URI.
  const path = decodeURIComponent(error.schemaPath.slice(error.schemaPath.indexOf('#') + 1));
  const found = valueAt(schema as Json, pointerNames(path).slice(0, -1));
  return isJsonObject(found) ? found : {};
}

function pointerNames(pointer: string): readonly string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function valueAt(value: Json | undefined, path: readonly string[]): Json | undefined {
  let found = value;
  for (const name of path) {
    if (Array.isArray(found)) found = (found as readonly Json[])[Number(name)];
    else if (isJsonObject(found) && Object.hasOwn(found, name)) found = found[name];
    else return undefined;
  }
  return found;
}
