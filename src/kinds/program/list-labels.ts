import { unfitForNewFile } from '../../base/files/user-path.js';
import type { JsonObject } from '../../base/json.js';
import type { PlannedElement, PlannedLists } from '../kind.js';
import type { Label } from '../port.js';

/** What an element of a list is called in the folder of the list, and what tells it from the others. */
export interface ElementLabel extends JsonObject {
  /** `lr=0.01,seed=1` */
  readonly name: string;
  readonly values: JsonObject;
}

/** By input port, in the order of the elements, lists in lists gone through. */
export type ListLabels = { readonly [port: string]: readonly ElementLabel[] };

/** The labels of lists whose elements all have some that a folder can hold: a part of the key, because a program reads them. */
export function labelsOf(lists: PlannedLists): JsonObject {
  const labels = Object.entries(lists).flatMap(([port, elements]) => {
    const found = elements.map(labelOfElement);
    const names = new Set(found.map((label) => label?.name));
    return elements.length === 0 || names.has(undefined) || names.size < elements.length
      ? []
      : [[port, found]];
  });
  return labels.length === 0 ? {} : { labels: Object.fromEntries(labels) };
}

function labelOfElement({ label, text }: PlannedElement): ElementLabel | undefined {
  const name = text.replaceAll('/', '_');
  const values = valuesIn(label);
  const isFit = Object.keys(values).length > 0 && !/^\.*$/.test(name) && unfitForNewFile(name) === undefined;
  return isFit ? { name, values } : undefined;
}

function valuesIn(label: Label): JsonObject {
  return Object.fromEntries(label.flatMap(({ values }) => values.map(({ name, value }) => [name, value])));
}
