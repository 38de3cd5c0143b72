import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PairSet } from '../../../src/data/pair-set.js';
import { assignSlots } from '../../../src/engines/item-slots.js';
import { type PackedForests, packForests } from '../../../src/engines/tfjs/packed-forests.js';
import { arbitraryPairs, pairSet } from '../arbitrary-tasks.js';

/** Pair sets by weight vector: mostly one, sometimes several. */
const batches = fc.array(fc.array(arbitraryPairs(6), { minLength: 1, maxLength: 3 }), {
  minLength: 1,
  maxLength: 4,
});

function pack(sets: readonly (readonly PairSet[])[]): PackedForests {
  return packForests(sets, assignSlots(sets));
}

const listed = (pairs: PairSet) =>
  [...pairs.labels].map((label, pair) => ({
    prefix: [...pairs.items.subarray(pairs.offsets[pair], pairs.offsets[pair + 1])],
    label,
  }));

/** The prefix that a row stands for, read upwards through its parents. */
function prefixOf({ slots, ...packed }: PackedForests, row: number): number[] {
  const prefix: number[] = [];
  for (let at = row; at >= 0; at = packed.parentOfRow[at] ?? -1) {
    const slot = (packed.vectorOfRow[at] ?? 0) * slots.slots + (packed.slotOfRow[at] ?? 0);
    prefix.unshift(slots.items[slot] ?? -1);
  }
  return prefix;
}

const indices = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('packForests', () => {
  it('keeps every pair, with its prefix, label, weight vector and weight', () => {
    fc.assert(
      fc.property(batches, (sets) => {
        const packed = pack(sets);
        const expected = sets.flatMap((own, vector) =>
          own.flatMap((pairs) =>
            listed(pairs).map((pair) => ({
              ...pair,
              vector,
              weight: Math.fround(1 / (own.length * pairs.labels.length)),
            })),
          ),
        );
        const found = indices(packed.pairs).map((pair) => {
          const row = packed.rowOfPair[pair] ?? -1;
          return {
            prefix: prefixOf(packed, row),
            label: packed.labelOfPair[pair],
            vector: packed.vectorOfRow[row],
            weight: packed.weightOfPair[pair],
          };
        });
        const inGivenOrder = found.map(() => ({}) as (typeof found)[number]);
        for (const [pair, given] of packed.givenOfPair.entries()) {
          const one = found[pair];
          if (one !== undefined) inGivenOrder[given] = one;
        }
        expect(inGivenOrder).toEqual(expected);
      }),
    );
  });

  it('has a row for each distinct prefix of a set and no other', () => {
    fc.assert(
      fc.property(fc.array(arbitraryPairs(6), { minLength: 1, maxLength: 3 }), (each) => {
        const packed = pack(each.map((pairs) => [pairs]));
        for (const [vector, pairs] of each.entries()) {
          const rows = indices(packed.rows).filter((row) => packed.vectorOfRow[row] === vector);
          const prefixes = rows.map((row) => prefixOf(packed, row).join());
          expect(new Set(prefixes).size).toBe(prefixes.length);
          const wanted = listed(pairs).flatMap(({ prefix }) =>
            prefix.map((_, length) => prefix.slice(0, length + 1).join()),
          );
          expect(new Set(prefixes)).toEqual(new Set(wanted));
        }
      }),
    );
  });

  it('puts the rows of a vector, of a tree, of a slot and of siblings where its offsets say', () => {
    fc.assert(
      fc.property(batches, (sets) => {
        const packed = pack(sets);
        const range = (offsets: Int32Array, index: number) =>
          indices(packed.rows + packed.trees + packed.pairs).slice(offsets[index], offsets[index + 1]);
        for (const vector of indices(packed.vectors)) {
          const rows = range(packed.rowOffsets, vector);
          expect(range(packed.treeOffsets, vector).flatMap((tree) => range(packed.treeRows, tree))).toEqual(
            rows,
          );
          expect(rows.every((row) => packed.vectorOfRow[row] === vector)).toBe(true);
          expect(rows.flatMap((row) => range(packed.rowPairs, row))).toEqual(
            range(packed.pairOffsets, vector),
          );
          const slots = indices(packed.slots.slots).map((slot) => vector * packed.slots.slots + slot);
          for (const [slot, at] of slots.entries()) {
            const own = [
              ...packed.slotRows.subarray(packed.slotRowOffsets[at], packed.slotRowOffsets[at + 1]),
            ];
            expect(own).toEqual(rows.filter((row) => packed.slotOfRow[row] === slot));
          }
        }
        for (const tree of indices(packed.trees)) {
          const rows = range(packed.treeRows, tree);
          expect(rows.map((row) => packed.parentOfRow[row] ?? 0).filter((parent) => parent < 0)).toHaveLength(
            1,
          );
          const levels = rows.map((row) => packed.levelOfRow[row] ?? -1);
          expect(levels).toEqual(levels.toSorted((one, other) => one - other));
        }
        for (const row of indices(packed.rows)) {
          const first = packed.firstChild[row] ?? -1;
          const children = indices(packed.childCount[row] ?? 0).map((child) => first + child);
          expect(children).toEqual(indices(packed.rows).filter((child) => packed.parentOfRow[child] === row));
          for (const child of children) {
            expect(packed.levelOfRow[child]).toBe((packed.levelOfRow[row] ?? 0) + 1);
          }
        }
        for (const [pair, row] of packed.rowOfPair.entries()) {
          expect(pair).toBeGreaterThanOrEqual(packed.rowPairs[row] ?? 0);
          expect(pair).toBeLessThan(packed.rowPairs[row + 1] ?? 0);
        }
        expect(packed.levels).toBe(Math.max(...packed.levelOfRow) + 1);
      }),
    );
  });

  it('gives a vector slots for the items of all its sets, the support set and the query set alike', () => {
    const support = pairSet([{ prefix: [4, 2], label: 0 }]);
    const query = pairSet([{ prefix: [2, 5, 5], label: 1 }]);
    const other = pairSet([{ prefix: [3], label: 1 }]);
    const slots = assignSlots([[support, query], [other]]);
    expect(slots).toEqual({
      vectors: 2,
      slots: 3,
      counts: Int32Array.of(3, 1),
      items: Int32Array.of(4, 2, 5, 3, 3, 3),
    });
    const packed = packForests([[query], [other]], slots);
    expect([...packed.slotOfRow]).toEqual([1, 2, 2, 0]);
    expect([...packed.slotRowOffsets]).toEqual([0, 0, 1, 3, 4, 4, 4]);
  });
});
