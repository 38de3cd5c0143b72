import { isJsonObject, type Json, type JsonObject } from '../base/json.js';

/**
 * The names and indices that lead to a value which a user declares, by its name, with dots into it: `lr`, `optim.lr`.
 * Undefined where nothing of that name is declared.
 */
export function pathOfDeclared(values: JsonObject, name: string): readonly string[] | undefined {
  if (Object.hasOwn(values, name)) return [name];
  for (let dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
    const head = name.slice(0, dot);
    const below = Object.hasOwn(values, head) ? values[head] : undefined;
    const path = isJsonObject(below) ? pathOfDeclared(below, name.slice(dot + 1)) : undefined;
    if (path !== undefined) return [head, ...path];
  }
  return undefined;
}

/** The value that a user declares under a name; undefined where there is none. */
export function declaredValue(values: JsonObject, name: string): Json | undefined {
  return pathOfDeclared(values, name)?.reduce<Json | undefined>(
    (value, step) => (isJsonObject(value) ? value[step] : undefined),
    values,
  );
}

/** All names that are declared, those of maps before those in them. */
export function declaredNames(values: JsonObject): readonly string[] {
  return Object.entries(values).flatMap(([name, value]) => [
    name,
    ...(isJsonObject(value) ? declaredNames(value).map((below) => `${name}.${below}`) : []),
  ]);
}

/** Every value by its name; of a map, unless it is empty, those in it. */
export function flatDeclared(values: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]): readonly (readonly [string, Json])[] => {
      if (!isJsonObject(value) || Object.keys(value).length === 0) return [[name, value]];
      return Object.entries(flatDeclared(value)).map(([below, inner]) => [`${name}.${below}`, inner]);
    }),
  );
}

/** The object with a value put in at a path, maps on the way to it made where they are missing. */
export function withValueAt(object: JsonObject, path: readonly string[], value: Json): JsonObject {
  const [name, ...rest] = path;
  if (name === undefined) return object;
  const below = Object.hasOwn(object, name) ? object[name] : undefined;
  const inner = rest.length === 0 ? value : withValueAt(isJsonObject(below) ? below : {}, rest, value);
  // fromEntries makes a `__proto__` an ordinary key.
  return Object.fromEntries([...Object.entries(object), [name, inner]]);
}
