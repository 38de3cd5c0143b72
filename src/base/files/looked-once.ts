/**
 * Remembers what was found under a name until the code that asks next waits for anything: a plan of a matrix looks for
 * the same names thousands of times in one go, and could not have seen what changes meanwhile.
 */
export function lookedOnce<Found>(look: (name: string) => Found): (name: string) => Found {
  const known = new Map<string, { readonly found: Found }>();
  return (name) => {
    const before = known.get(name);
    if (before !== undefined) return before.found;
    if (known.size === 0) queueMicrotask(() => known.clear());
    const found = look(name);
    known.set(name, { found });
    return found;
  };
}
