import type { Json } from '../../base/json.js';
import type { Objection, PlannedElement, PlannedLists } from '../kind.js';

/**
 * Objects to lists whose elements are not repetitions of one measurement, which their mean and interval would make of
 * them: those that differ in several names, none of which tells them all apart (three rates by three seeds are no nine
 * seeds), and those that would be compared one by one with others of another seed.
 */
export function checkRepetitions(lists: PlannedLists): readonly Objection[] {
  const objections: Objection[] = [];
  const units = new Map<string, Map<string, { readonly port: string; readonly texts: readonly string[] }>>();
  for (const [port, elements] of Object.entries(lists)) {
    if (elements.length < 2) continue;
    const varying = varyingNames(elements);
    const telling = [...varying].filter(([, texts]) => new Set(texts).size === texts.length);
    if (varying.size > 1 && telling.length === 0) {
      const names = [...varying.keys()];
      objections.push({
        message: `${port} differs in ${names.join(' and ')}: its ${elements.length} elements would be taken for so many seeds of one model; name one setting (\`STEP[${names[0]}=…]\`), or choose it by \`select\``,
      });
    }
    for (const [name, texts] of telling) {
      const others = units.get(name) ?? new Map();
      units.set(name, others.set(port, { port, texts }));
    }
  }
  for (const [name, ports] of units) {
    const [first, ...others] = ports.values();
    const other = others.find(({ texts }) => texts.join() !== first?.texts.join());
    if (first === undefined || other === undefined) continue;
    objections.push({
      message: `${first.port} is of ${name} ${first.texts.join(', ')}, and ${other.port} of ${name} ${other.texts.join(', ')}: they are compared one by one, so both want the same in the same order`,
    });
  }
  return objections;
}

/** The names in which elements differ, with the values of all of them as text. */
function varyingNames(elements: readonly PlannedElement[]): ReadonlyMap<string, readonly string[]> {
  const values = elements.map(({ label }) => {
    const of = new Map<string, Json>();
    for (const part of label)
      for (const { name, value } of part.values) if (!of.has(name)) of.set(name, value);
    return of;
  });
  const names = new Set(values.flatMap((one) => [...one.keys()]));
  return new Map(
    [...names].flatMap((name): [string, readonly string[]][] => {
      const texts = values.map((one) => (one.has(name) ? JSON.stringify(one.get(name)) : ''));
      return new Set(texts).size > 1 ? [[name, texts]] : [];
    }),
  );
}
