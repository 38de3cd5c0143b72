/** Of one thing that is imported: its version or digest, and of a module the digests of its definitions. */
interface Imported {
  readonly sort: string;
  readonly name: string;
  readonly value: string;
  readonly parts: Map<string, string>;
}

/**
 * What differs between two texts of imports (`ExternalFiles.imports`), a line each: `torch 2.3.1 -> 2.4.0`, `module
 * models/net.py changed: def Net.forward`. A text that is no longer there is undefined.
 */
export function importDifferences(before: string | undefined, after: string | undefined): readonly string[] {
  if (before === undefined || after === undefined) return ['what it imports changed'];
  const [old, now] = [importsIn(before), importsIn(after)];
  return [
    ...[...now.values()].flatMap((is) => linesOn(is, old.get(nameOf(is)))),
    ...[...old.values()].flatMap((was) => (now.has(nameOf(was)) ? [] : [`${subjectOf(was)} removed`])),
  ];
}

function linesOn(is: Imported, was: Imported | undefined): readonly string[] {
  if (was === undefined) return [`${subjectOf(is)} added`];
  if (was.value === is.value) return [];
  if (is.sort === 'distribution') return [`${is.name} ${was.value} -> ${is.value}`];
  const parts = [...new Set([...was.parts.keys(), ...is.parts.keys()])].filter(
    (part) => was.parts.get(part) !== is.parts.get(part),
  );
  return [`${subjectOf(is)} changed${parts.length === 0 ? '' : `: ${parts.join(', ')}`}`];
}

function subjectOf({ sort, name, value }: Imported): string {
  return sort === 'distribution' ? `${name} ${value}` : `module ${name}`;
}

function nameOf({ sort, name }: Pick<Imported, 'sort' | 'name'>): string {
  return `${sort} ${name}`;
}

function importsIn(text: string): ReadonlyMap<string, Imported> {
  const found = new Map<string, Imported>();
  const lines = text.split('\n').map((line) => line.split('\t'));
  for (const [sort = '', name = '', value = ''] of lines) {
    if (sort === '' || sort === 'part') continue;
    // Of one name there may be several: which of them Python takes is not known.
    const other = found.get(nameOf({ sort, name }));
    const all = other === undefined ? value : `${other.value} ${value}`;
    found.set(nameOf({ sort, name }), { sort, name, value: all, parts: new Map() });
  }
  for (const [sort, name = '', part = '', digest = ''] of lines) {
    if (sort !== 'part') continue;
    const parts = found.get(nameOf({ sort: 'module', name }))?.parts;
    parts?.set(part, `${parts.get(part) ?? ''} ${digest}`);
  }
  return found;
}
