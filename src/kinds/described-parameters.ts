import type { Json } from '../base/json.js';
import type { JsonSchema } from './parameters.js';

/** A parameter in words; those inside of it follow it, by their paths. */
export interface DescribedParameter {
  readonly name: string;
  /** With names and values between backticks, as all texts here. */
  readonly type: string;
  readonly required: boolean;
  readonly default?: Json;
  /** What values are allowed; empty where there is nothing to say. */
  readonly range: string;
  readonly description: string;
}

/** The parts of a JSON Schema that parameters are declared with. */
interface Schema {
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly Json[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: { readonly [name: string]: Schema };
  readonly required?: readonly string[];
  readonly additionalProperties?: unknown;
  readonly default?: Json;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly minItems?: number;
  readonly uniqueItems?: boolean;
}

/**
 * The parameters that a schema declares, in its order.
 *
 * @param owner what they are of, for the error
 * @throws Error where one has no description, which is a mistake of the schema's
 */
export function describedParameters(
  owner: string,
  schema: JsonSchema,
  prefix = '',
): readonly DescribedParameter[] {
  const { properties = {}, required = [] } = schema as Schema;
  return Object.entries(properties).flatMap(([own, below]) => {
    const name = prefix + own;
    const described: DescribedParameter = {
      name,
      type: typeOf(below),
      required: required.includes(own),
      ...defaultOf(below),
      range: [...new Set(rangesOf(below))].join('; '),
      description: describedAs(`${owner}: ${name}`, below.description),
    };
    return [described, ...describedParameters(owner, below as JsonSchema, `${name}.`)];
  });
}

/** Text that must be there: a reference with holes is a mistake of the kind's. */
export function describedAs(owner: string, description: unknown): string {
  if (typeof description === 'string' && description !== '') return description;
  throw new Error(`${owner} has no description`);
}

/** Names as a list of code. */
export function codeList(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(', ');
}

function typeOf(schema: Schema): string {
  if (schema.enum !== undefined) return codeList(schema.enum.map((one) => JSON.stringify(one)));
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives !== undefined) return alternatives.map(typeOf).join(' or ');
  if (schema.type === 'array') return `list of ${nested(typeOf(schema.items ?? {}))}`;
  if (schema.type === 'object') return mappingOf(schema);
  const names: { readonly [type: string]: string } = {
    string: 'text',
    integer: 'whole number',
    boolean: 'true or false',
  };
  return [schema.type ?? 'anything']
    .flat()
    .map((type) => names[type] ?? type)
    .join(' or ');
}

function mappingOf({ properties, additionalProperties }: Schema): string {
  if (properties !== undefined) return `mapping of ${codeList(Object.keys(properties))}`;
  return additionalProperties === undefined
    ? 'mapping'
    : `mapping of names to ${nested(typeOf(additionalProperties as Schema))}`;
}

function nested(type: string): string {
  return type.includes(' or ') ? `(${type})` : type;
}

/** What values are allowed, of a schema or of those below it. */
function rangesOf(schema: Schema): readonly string[] {
  const { minimum, maximum, exclusiveMinimum, anyOf = [], items } = schema;
  const own = [
    minimum === undefined || maximum === undefined ? '' : `${minimum} to ${numberText(maximum)}`,
    minimum === undefined || maximum !== undefined ? '' : `from ${minimum}`,
    maximum === undefined || minimum !== undefined ? '' : `to ${numberText(maximum)}`,
    exclusiveMinimum === undefined ? '' : `above ${exclusiveMinimum}`,
    schema.type === 'array' && (schema.minItems ?? 0) > 0 ? 'not empty' : '',
    schema.uniqueItems === true ? 'no value twice' : '',
  ].filter((range) => range !== '');
  return [...own, ...[...anyOf, ...(items === undefined ? [] : [items])].flatMap(rangesOf)];
}

function numberText(value: number): string {
  return value === Number.MAX_SAFE_INTEGER ? '2⁵³ − 1' : value.toLocaleString('en-US').replaceAll(',', ' ');
}

/** A mapping that is empty unless filled says nothing that its own parameters do not. */
function defaultOf(schema: Schema): Pick<DescribedParameter, 'default'> {
  const isEmpty =
    schema.properties !== undefined && Object.keys((schema.default ?? {}) as object).length === 0;
  return schema.default === undefined || isEmpty ? {} : { default: schema.default };
}
