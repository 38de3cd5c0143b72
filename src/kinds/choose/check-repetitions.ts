import type { Objection, PlannedLists } from '../kind.js';
import { namesOf, varyingNames } from './plan-choice.js';
import type { Replicate } from './replicates.js';
import { elementNameOf } from './units-of-repetition.js';

/**
 * Objects to lists whose elements are not repetitions of one measurement, which their mean and interval would make of
 * them: those that differ in several names, none of which tells them all apart (three rates by three seeds are no nine
 * seeds), and those that would be compared one by one with others of another seed.
 */
export function checkRepetitions(lists: PlannedLists): {
  readonly objections: readonly Objection[];
  /** By list, what its elements are told apart by. */
  readonly elementNames: { readonly [port: string]: Replicate };
} {
  const objections: Objection[] = [];
  const elementNames: { [port: string]: Replicate } = {};
  /** By name, the lists whose elements it tells apart, with its values. */
  const units = new Map<string, { readonly port: string; readonly texts: readonly string[] }[]>();
  for (const [port, elements] of Object.entries(lists)) {
    if (elements.length < 2) continue;
    const named = elements.map(({ label }) => namesOf({ label, parameters: {} }));
    const names = varyingNames(named);
    const telling = names
      .map((name) => ({ name, texts: named.map((one) => JSON.stringify(one[name]) ?? '') }))
      .filter(({ texts }) => new Set(texts).size === texts.length);
    if (names.length > 1 && telling.length === 0) {
      objections.push({
        message: `${port} differs in ${names.join(' and ')}: its ${elements.length} elements would be taken for so many seeds of one model; name one setting (\`STEP[${names[0]}=…]\`), or choose it by \`select\``,
      });
    }
    elementNames[port] = elementNameOf(telling.map(({ name }) => name));
    for (const { name, texts } of telling) {
      units.set(name, [...(units.get(name) ?? []), { port, texts }]);
    }
  }
  for (const [name, [first, ...others]] of units) {
    const other = others.find(({ texts }) => texts.join() !== first?.texts.join());
    if (first === undefined || other === undefined) continue;
    objections.push({
      message: `${first.port} is of ${name} ${first.texts.join(', ')}, and ${other.port} of ${name} ${other.texts.join(', ')}: they are compared one by one, so both want the same in the same order`,
    });
  }
  return { objections, elementNames };
}
