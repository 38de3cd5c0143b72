import { isJsonObject, type Json, type JsonObject } from '../base/json.js';
import type { Kind } from '../kinds/kind.js';

/** The names of the parameters that a kind knows; undefined where it takes any name. */
export function parameterNamesOf(kind: Kind): readonly string[] | undefined {
  if (kind.parameters['additionalProperties'] !== false) return undefined;
  return Object.keys(propertiesOf(kind.parameters as JsonObject));
}

/** Fills in what the schema's `default`s say of properties that are not there, in the order of the schema. */
export function withDefaults(schema: JsonObject, value: JsonObject): JsonObject {
  const filled: { [name: string]: Json } = { ...value };
  for (const [name, property] of Object.entries(propertiesOf(schema))) {
    if (!isJsonObject(property)) continue;
    const given = own(filled, name);
    if (given === undefined) {
      const byDefault = own(property, 'default');
      if (byDefault !== undefined) filled[name] = byDefault;
    } else if (isJsonObject(given)) {
      filled[name] = withDefaults(property, given);
    }
  }
  return filled;
}

/** An object's own value at a name, never one that it inherits. */
export function own<Value>(object: { readonly [name: string]: Value }, name: string): Value | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

function propertiesOf(schema: JsonObject): JsonObject {
  const properties = schema['properties'];
  return isJsonObject(properties) ? properties : {};
}
