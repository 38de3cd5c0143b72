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
