import { isJsonObject, type Json, type JsonObject } from '../base/json.js';
import { joined, own } from '../base/own-properties.js';

/** A JSON Schema document (draft 2020-12); checked by ajv at build. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

/** What a kind's `with` may hold: said once, as a schema, from which all else about its parameters follows. */
export interface DeclaredParameters<Given, Final> {
  /** Every property described, defaults stated, no unknown names unless it says so. */
  readonly schema: JsonSchema;
  /** Those that may be fields of the input port `settings`. */
  readonly settings: readonly string[];
  /** Parameters that the schema allows, with its defaults filled in. */
  readonly complete: (given: JsonObject) => Given;
  /**
   * What goes into the key and, by segments where there are any, to the body: every parameter as it is, but for those
   * that have a form of their own. So none is missing from a key unless the declaration says so by its name.
   */
  readonly canonical: (complete: Given) => Final;
}

/** What the schema of parameters may say beside that it is one. */
export interface ParametersSchema extends JsonSchema {
  readonly description?: string;
  /** Default false. */
  readonly additionalProperties?: boolean;
  readonly required?: readonly string[];
  /** None where any name may be given. */
  readonly properties?: { readonly [name: string]: JsonSchema };
}

/** What a kind's functions get: the parameters with their defaults. */
export type Complete<Declared> =
  Declared extends DeclaredParameters<infer Given, infer _Final> ? Given : never;

/** What a kind's body gets, or its segments are made of. */
export type Canonical<Declared> =
  Declared extends DeclaredParameters<infer _Given, infer Final> ? Final : never;

/**
 * What stands for a parameter in the key, from its value and all parameters; undefined where nothing does, because it
 * cannot change the result then.
 */
type Forms<Given> = {
  readonly [Name in keyof Given]?: (value: Given[Name], parameters: Given) => Json | undefined;
};

/**
 * Declares a kind's parameters.
 *
 * @param schema its properties' types are those of the parameters: write literals, or constants that are `as const`
 */
export function declareParameters<
  const Schema extends ParametersSchema,
  Form extends Forms<ObjectOf<Schema>>,
>(
  schema: Schema,
  {
    settings = [],
    canonical,
  }: { readonly settings?: readonly (keyof ObjectOf<Schema> & string)[]; readonly canonical?: Form } = {},
): DeclaredParameters<ObjectOf<Schema>, CanonicalOf<ObjectOf<Schema>, Form>> {
  const whole: JsonSchema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    additionalProperties: false,
    ...schema,
  };
  const forms: {
    readonly [name: string]: ((value: never, parameters: never) => Json | undefined) | undefined;
  } = canonical ?? {};
  const fill = defaultsOf(whole);
  /** The latest: of the same object it is asked for by a kind's checks and by what makes its key. */
  let last: { readonly values: JsonObject; readonly final: JsonObject } | undefined;
  /** Of forms that go by the value alone, the latest: most values are the same for all combinations of a matrix. */
  const latest = new Map<string, { readonly value: Json | undefined; readonly stands: Json | undefined }>();
  const standsFor = (name: string, values: JsonObject): Json | undefined => {
    const form = own(forms, name);
    const value = own(values, name);
    if (form === undefined) return value;
    if (form.length > 1) return form(value as never, values as never);
    const before = latest.get(name);
    if (before !== undefined && before.value === value) return before.stands;
    const stands = form(value as never, values as never);
    latest.set(name, { value, stands });
    return stands;
  };
  return {
    schema: whole,
    settings,
    // The types are read off the schema, which what is given has been checked by.
    complete: (given) => fill(given) as ObjectOf<Schema>,
    canonical: (complete) => {
      const values = complete as JsonObject;
      if (last?.values === values) return last.final as CanonicalOf<ObjectOf<Schema>, Form>;
      const final: { [name: string]: Json } = {};
      const put = (name: string): void => {
        const stands = standsFor(name, values);
        if (stands !== undefined) final[name] = stands;
      };
      Object.keys(values).forEach(put);
      // A form may make something of a parameter that is not there.
      for (const name of Object.keys(forms)) if (!Object.hasOwn(values, name)) put(name);
      last = { values, final };
      return final as CanonicalOf<ObjectOf<Schema>, Form>;
    },
  };
}

/** The form of a parameter that is in no key: what it is for is there by its content, or shapes no result. */
export function inNoKey(): undefined {
  return undefined;
}

/** Fills in what the schema's `default`s say of properties that are not there, in the order of the schema. */
function defaultsOf({
  properties = {},
}: {
  readonly properties?: unknown;
}): (value: JsonObject) => JsonObject {
  const fields = Object.entries(properties as { readonly [name: string]: JsonSchema }).map(
    ([name, property]) => ({
      name,
      standard: property['default'] as Json | undefined,
      fill: property['properties'] === undefined ? undefined : defaultsOf(property),
    }),
  );
  const nested = fields.filter(({ fill }) => fill !== undefined);
  /** What was missing of the latest names: all combinations of a matrix have the same. */
  let latest: { readonly names: string; readonly missing: JsonObject } | undefined;
  const missingOf = (value: JsonObject): JsonObject => {
    const names = Object.keys(value)
      .filter((name) => value[name] !== undefined)
      .join('\0');
    if (latest?.names === names) return latest.missing;
    const missing: { [name: string]: Json } = {};
    for (const { name, standard } of fields) {
      const isGiven = Object.hasOwn(value, name) && value[name] !== undefined;
      if (!isGiven && standard !== undefined) missing[name] = standard;
    }
    latest = { names, missing };
    return missing;
  };
  return (value) => {
    const filled: { [name: string]: Json } = joined(value, missingOf(value));
    for (const { name, fill } of nested) {
      const given = Object.hasOwn(value, name) ? value[name] : undefined;
      if (fill !== undefined && given !== undefined && isJsonObject(given)) filled[name] = fill(given);
    }
    return filled;
  };
}

/** What a schema allows, by the keywords that kinds use. */
type ValueOf<Schema> = Schema extends { readonly enum: readonly (infer Value)[] }
  ? Value
  : Schema extends { readonly anyOf: readonly (infer Choice)[] }
    ? ValueOf<Choice>
    : Schema extends { readonly type: readonly (infer Type)[] }
      ? OfType<Type, Schema>
      : Schema extends { readonly type: infer Type }
        ? OfType<Type, Schema>
        : Json;

type OfType<Type, Schema> = Type extends 'integer' | 'number'
  ? number
  : Type extends 'string'
    ? string
    : Type extends 'boolean'
      ? boolean
      : Type extends 'null'
        ? null
        : Type extends 'array'
          ? readonly ValueOf<Schema extends { readonly items: infer Items } ? Items : unknown>[]
          : Type extends 'object'
            ? ObjectOf<Schema>
            : // Such as `string`, where a schema is no literal.
              never;

/** Names with a default, and required ones, are always there. */
type ObjectOf<Schema> = Schema extends {
  readonly properties: infer Properties extends { readonly [name: string]: unknown };
}
  ? Plain<
      { readonly [Name in Always<Schema, Properties>]: ValueOf<Properties[Name]> } & {
        readonly [Name in Exclude<keyof Properties, Always<Schema, Properties>>]?: ValueOf<Properties[Name]>;
      }
    > &
      (Schema extends { readonly additionalProperties: true } ? JsonObject : unknown)
  : Schema extends { readonly additionalProperties: infer Member extends JsonSchema }
    ? { readonly [name: string]: ValueOf<Member> }
    : JsonObject;

type Always<Schema, Properties> = {
  [Name in keyof Properties]: Properties[Name] extends { readonly default: unknown }
    ? Name
    : Schema extends { readonly required: readonly (infer Required)[] }
      ? Name & Required
      : never;
}[keyof Properties];

type CanonicalOf<Given, Form> = Plain<
  { readonly [Name in keyof Given as Name extends Formed<Form> ? never : Name]: Given[Name] } & {
    readonly [Name in Formed<Form> as undefined extends FormOf<Form, Name> ? never : Name]: FormOf<
      Form,
      Name
    >;
  } & {
    readonly [Name in Formed<Form> as IsSometimes<FormOf<Form, Name>> extends true ? Name : never]?: Exclude<
      FormOf<Form, Name>,
      undefined
    >;
  }
>;

/** The names that have a form; where no forms are given, `Form` is what they could be, and each may be missing. */
type Formed<Form> = {
  [Name in keyof Form]-?: Record<never, never> extends Pick<Form, Name> ? never : Name;
}[keyof Form];

type FormOf<Form, Name extends keyof Form> = Form[Name] extends (...values: never) => infer Value
  ? Value
  : never;

/** Whether a form is there for some values and not for others. */
type IsSometimes<Value> = undefined extends Value
  ? [Exclude<Value, undefined>] extends [never]
    ? false
    : true
  : false;

/** An intersection as one object, as it should be read in an editor. */
type Plain<Type> = { [Name in keyof Type]: Type[Name] };
