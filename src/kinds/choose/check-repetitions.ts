import type { JsonObject } from '../../base/json.js';
import { own } from '../../base/own-properties.js';
import type { Objection, PlannedLists } from '../kind.js';
import { namesOf, varyingNames } from './plan-choice.js';
import { isReplicate, type Replicate, type Replicates } from './replicates.js';
import { type ElementNames, elementNameOf } from './units-of-repetition.js';

const askedUnit =
  'write with: { unit: seed } or with: { unit: fold }; what is measured within one is averaged there';

/**
 * Objects to lists whose elements are not repetitions of one measurement, which their mean and interval would make of
 * them: those that differ in several names, none of which tells them all apart (three rates by three seeds are no nine
 * seeds; seeds and folds alone are told apart by both, where it is said which is the unit), and those that would be
 * compared one by one with others of another seed.
 */
export function checkRepetitions(
  lists: PlannedLists,
  unit: Replicate | undefined,
): {
  readonly objections: readonly Objection[];
  /** By list, what its elements are told apart by. */
  readonly elementNames: { readonly [port: string]: ElementNames };
} {
  const objections: Objection[] = [];
  const elementNames: { [port: string]: ElementNames } = {};
  /** By name, the lists whose elements it tells apart, with its values. */
  const units = new Map<string, { readonly port: string; readonly texts: readonly string[] }[]>();
  for (const [port, elements] of Object.entries(lists)) {
    if (elements.length < 2) continue;
    const { names, telling, message } = namesOfElements(port, elements, unit);
    if (message !== undefined) objections.push({ message });
    elementNames[port] = names;
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

/** What tells the elements of a list apart, or why they are no repetitions. */
function namesOfElements(
  port: string,
  elements: PlannedLists[string],
  unit: Replicate | undefined,
): {
  readonly names: ElementNames;
  /** Names that do alone, with their values. */
  readonly telling: readonly { readonly name: string; readonly texts: readonly string[] }[];
  readonly message?: string;
} {
  const named = elements.map(({ label }) => namesOf({ label, parameters: {} }));
  const names = varyingNames(named);
  const areReplicates = names.every(isReplicate);
  if (names.length > 1 && areReplicates && unit !== undefined) {
    return { names: named.map((one) => replicatesOf(one, names)), telling: [] };
  }
  const telling = names
    .map((name) => ({ name, texts: named.map((one) => JSON.stringify(own(one, name)) ?? '') }))
    .filter(({ texts }) => new Set(texts).size === texts.length);
  const result = { names: elementNameOf(telling.map(({ name }) => name)), telling };
  if (names.length < 2 || telling.length > 0) return result;
  const hint = areReplicates
    ? askedUnit
    : `name one setting (\`STEP[${names[0]}=…]\`), or choose it by \`select\``;
  const message = `${port} differs in ${names.join(' and ')}: its ${elements.length} elements would be taken for so many seeds of one model; ${hint}`;
  return { ...result, message };
}

function replicatesOf(names: JsonObject, varying: readonly Replicate[]): Replicates {
  return Object.fromEntries(
    varying.map((name) => {
      const value = names[name];
      return [name, typeof value === 'string' ? value : JSON.stringify(value ?? null)];
    }),
  );
}
