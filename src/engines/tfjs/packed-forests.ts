import type { PairSet } from '../../data/pair-set.js';
import type { ItemSlots } from '../item-slots.js';
import { groupByKey, treesOf } from './set-trees.js';

/**
 * The prefix forests of a batch, packed. A row is a distinct prefix, and so one evaluation of the cell. Rows of a
 * weight vector are contiguous, and so are those of a tree, which stand breadth-first: parents before children, and
 * the children of a row side by side. Trees are independent of one another until their weights' gradients are added.
 */
export interface PackedForests {
  readonly slots: ItemSlots;
  readonly vectors: number;
  readonly trees: number;
  readonly rows: number;
  readonly pairs: number;
  /** The length of the longest prefix. */
  readonly levels: number;

  /** `[vectors + 1]` the trees of vector `w` are `treeOffsets[w] .. treeOffsets[w + 1]`. */
  readonly treeOffsets: Int32Array;
  /** `[trees + 1]` the rows of tree `k` are `treeRows[k] .. treeRows[k + 1]`. */
  readonly treeRows: Int32Array;
  /** `[vectors + 1]` the rows of vector `w` are `rowOffsets[w] .. rowOffsets[w + 1]`. */
  readonly rowOffsets: Int32Array;
  /** `[rows]` the weight vector that a row is computed with. */
  readonly vectorOfRow: Int32Array;
  /** `[rows]` the slot of the row's last item, within its vector's. */
  readonly slotOfRow: Int32Array;
  /** `[rows]` the row of the prefix without its last item, -1 for a root. */
  readonly parentOfRow: Int32Array;
  /** `[rows]` length of the prefix less 1. */
  readonly levelOfRow: Int32Array;
  /** `[rows]` the children of row `r` are `firstChild[r] .. firstChild[r] + childCount[r]`. */
  readonly firstChild: Int32Array;
  /** `[rows]` */
  readonly childCount: Int32Array;
  /** `[vectors * slots + 1]` the rows of slot `s` of vector `w` are `slotRows[slotRowOffsets[i] ..]`, `i = w * slots + s`. */
  readonly slotRowOffsets: Int32Array;
  /** `[rows]` rows by vector and slot. */
  readonly slotRows: Int32Array;

  /** `[vectors + 1]` the pairs of vector `w` are `pairOffsets[w] .. pairOffsets[w + 1]`. */
  readonly pairOffsets: Int32Array;
  /** `[rows + 1]` the pairs whose prefix is row `r` are `rowPairs[r] .. rowPairs[r + 1]`: pairs stand by row. */
  readonly rowPairs: Int32Array;
  /** `[pairs]` */
  readonly rowOfPair: Int32Array;
  /** `[pairs]` the item that came next. */
  readonly labelOfPair: Int32Array;
  /** `[pairs]` what a pair's loss counts in its vector's loss; these sum to 1 for each vector. */
  readonly weightOfPair: Float32Array;
  /** `[pairs]` the pair's place in the order in which the pairs were given. */
  readonly givenOfPair: Int32Array;
}

/**
 * Packs the forests of pair sets, of which `setsOfVector[w]` are computed with weight vector `w` of `slots`: one set
 * for each task as a rule, or the sets of all tasks where these share their weights. A vector's loss is the mean over
 * its sets of each set's mean loss. The order depends on the arguments alone.
 */
// biome-ignore lint/complexity/noExcessiveLinesPerFunction: a flat list of arrays, filled in one pass
export function packForests(setsOfVector: readonly (readonly PairSet[])[], slots: ItemSlots): PackedForests {
  const sets = setsOfVector.flatMap((own, vector) =>
    own.map((set) => ({ vector, set, siblings: own.length, own: treesOf(set) })),
  );
  const vectors = setsOfVector.length;
  const rows = sum(sets.map(({ own }) => own.items.length));
  const pairs = sum(sets.map(({ set }) => set.labels.length));
  const trees = sum(sets.map(({ own }) => own.treeRows.length - 1));
  const treesOfVector = new Int32Array(vectors);
  const rowsOfVector = new Int32Array(vectors);
  const pairsOfVector = new Int32Array(vectors);
  const treeRows = new Int32Array(trees + 1);
  const vectorOfRow = new Int32Array(rows);
  const slotOfRow = new Int32Array(rows);
  const parentOfRow = new Int32Array(rows);
  const levelOfRow = new Int32Array(rows);
  const firstChild = new Int32Array(rows);
  const childCount = new Int32Array(rows);
  const rowPairs = new Int32Array(rows + 1);
  const rowOfPair = new Int32Array(pairs);
  const labelOfPair = new Int32Array(pairs);
  const weightOfPair = new Float32Array(pairs);
  const givenOfPair = new Int32Array(pairs);
  const slotOfItem = new Int32Array(slots.items.reduce((most, item) => Math.max(most, item), 0) + 1);

  let tree = 0;
  let row = 0;
  let pair = 0;
  let placed = -1;
  // Indices below stay within the sets' own sizes, which is what each `!` says.
  for (const { vector, set, siblings, own } of sets) {
    if (vector !== placed) {
      for (let slot = 0; slot < slots.counts[vector]!; slot++) {
        slotOfItem[slots.items[vector * slots.slots + slot]!] = slot;
      }
      placed = vector;
    }
    const count = own.items.length;
    levelOfRow.set(own.levels, row);
    childCount.set(own.childCount, row);
    vectorOfRow.fill(vector, row, row + count);
    for (let i = 0; i < count; i++) {
      const parent = own.parents[i]!;
      slotOfRow[row + i] = slotOfItem[own.items[i]!]!;
      parentOfRow[row + i] = parent < 0 ? -1 : row + parent;
      firstChild[row + i] = row + own.firstChild[i]!;
      rowPairs[row + i] = pair + own.rowPairs[i]!;
      rowOfPair.fill(row + i, pair + own.rowPairs[i]!, pair + own.rowPairs[i + 1]!);
    }
    const length = set.labels.length;
    weightOfPair.fill(1 / (length * siblings), pair, pair + length);
    for (let i = 0; i < length; i++) {
      const given = own.givenOfPair[i]!;
      labelOfPair[pair + i] = set.labels[given]!;
      givenOfPair[pair + i] = pair + given;
    }
    for (let i = 1; i < own.treeRows.length; i++) treeRows[++tree] = row + own.treeRows[i]!;
    treesOfVector[vector]! += own.treeRows.length - 1;
    rowsOfVector[vector]! += count;
    pairsOfVector[vector]! += length;
    row += count;
    pair += length;
  }
  rowPairs[rows] = pairs;

  const slotKeys = slotOfRow.map((slot, index) => vectorOfRow[index]! * slots.slots + slot);
  const rowsOfSlot = groupByKey(slotKeys, vectors * slots.slots);
  return {
    slots,
    vectors,
    trees,
    rows,
    pairs,
    levels: levelOfRow.reduce((most, level) => Math.max(most, level + 1), 0),
    treeOffsets: offsetsOf(treesOfVector),
    treeRows,
    rowOffsets: offsetsOf(rowsOfVector),
    vectorOfRow,
    slotOfRow,
    parentOfRow,
    levelOfRow,
    firstChild,
    childCount,
    slotRowOffsets: rowsOfSlot.offsets,
    slotRows: rowsOfSlot.indices,
    pairOffsets: offsetsOf(pairsOfVector),
    rowPairs,
    rowOfPair,
    labelOfPair,
    weightOfPair,
    givenOfPair,
  };
}

/** `[counts + 1]` where each of a series of counts begins, and the end of the last. */
function offsetsOf(counts: ArrayLike<number>): Int32Array {
  const offsets = new Int32Array(counts.length + 1);
  for (let i = 0; i < counts.length; i++) offsets[i + 1] = (offsets[i] ?? 0) + (counts[i] ?? 0);
  return offsets;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
