/**
 * Gives names to columns of one table, of which none may be another's: a name that is taken has an underscore behind
 * it, or several. DuckDB takes names that differ in case alone for one.
 *
 * @param taken names that are no longer free
 */
export function columnNamer(taken: Iterable<string>): (wanted: string) => string {
  const names = new Set([...taken].map((name) => name.toLowerCase()));
  return (wanted) => {
    let name = wanted;
    while (names.has(name.toLowerCase())) name = `${name}_`;
    names.add(name.toLowerCase());
    return name;
  };
}
