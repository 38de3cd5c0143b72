/**
 * An object's own value at a name, never one that it inherits: whoever chooses names may choose `constructor`.
 *
 * Only `__proto__` is no name at all, see `isName`.
 */
export function own<Value>(
  object: { readonly [name: string]: Value } | undefined,
  name: string,
): Value | undefined {
  return object !== undefined && Object.hasOwn(object, name) ? object[name] : undefined;
}

/**
 * Whether a name may be a property's wherever objects are made of names: what is assigned to `__proto__` becomes none,
 * and DuckDB's rows lose a column that is called so. What reads names that others choose refuses this one, so that
 * nothing behind it has to think of it.
 */
export function isName(name: string): boolean {
  return name !== '__proto__';
}

/** What to say of one that is none. */
export const noName = {
  message: 'is a word of JavaScript, and no name',
  hint: 'write another name',
} as const;

/**
 * A new object with the properties of both, those of the second where both have one: `{ __proto__: Object.prototype, ...first, ...second }`.
 *
 * For objects of which there are thousands: where a literal begins with a spread and goes on, V8 of Node 20 gives each
 * object that it makes a hidden class of its own, which takes microseconds and half a kilobyte.
 */
export function joined<First extends object, Second extends object>(
  first: First,
  second: Second,
): Omit<First, keyof Second> & Second {
  // Beginning with the prototype that it has anyway; `Object.assign` would take a key `__proto__` for one.
  return { __proto__: Object.prototype, ...first, ...second };
}
