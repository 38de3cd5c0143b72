import type { PairSet } from '../data/pair-set.js';

/**
 * Which rows of the embedding each weight vector has of its own: only those that its pairs touch; every other item's
 * row stays what it is. The rows of a vector are its slots `0 .. counts[w]`, in a table that is `slots` wide.
 */
export interface ItemSlots {
  /** How many weight vectors there are: the leading dimension of everything that is kept for each of them. */
  readonly vectors: number;
  /** The most slots that any of them uses. */
  readonly slots: number;
  /** `[vectors]` */
  readonly counts: Int32Array;
  /** `[vectors, slots]` the item of each slot; an unused slot repeats the vector's first item. */
  readonly items: Int32Array;
}

/**
 * The slots of each weight vector for the items of its pair sets. `setsOfVector[w]` are all the pair sets that will
 * be computed with vector `w`.
 */
export function assignSlots(setsOfVector: readonly (readonly PairSet[])[]): ItemSlots {
  const itemsOfVector = setsOfVector.map((sets) => {
    const own = new Set<number>();
    for (const { items } of sets) for (const item of items) own.add(item);
    return own;
  });
  const slots = itemsOfVector.reduce((most, { size }) => Math.max(most, size), 1);
  const items = new Int32Array(itemsOfVector.length * slots);
  const counts = new Int32Array(itemsOfVector.length);
  for (const [vector, own] of itemsOfVector.entries()) {
    const [first = 0] = own;
    items.fill(first, vector * slots, (vector + 1) * slots);
    let at = vector * slots;
    for (const item of own) items[at++] = item;
    counts[vector] = own.size;
  }
  return { vectors: itemsOfVector.length, slots, counts, items };
}
