import type { Kind } from '../../kinds/kind.js';

/** The names of the parameters that a kind knows; undefined where it takes any name. */
export function parameterNamesOf(kind: Kind): readonly string[] | undefined {
  const { additionalProperties, properties = {} } = kind.parameters.schema;
  return additionalProperties === false ? Object.keys(properties as object) : undefined;
}

/** An object's own value at a name, never one that it inherits. */
export function own<Value>(object: { readonly [name: string]: Value }, name: string): Value | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}
