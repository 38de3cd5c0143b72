import type { PairSet } from '../../data/pair-set.js';
import { buildPrefixForest } from '../../model/prefix-forest.js';

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
 * The slots of each weight vector for the items of its pair sets. `setsOfVector[w]` are all the pair sets that will
 * be computed with vector `w`.
 */
export function assignSlots(setsOfVector: readonly (readonly PairSet[])[]): ItemSlots {
  const itemsOfVector = setsOfVector.map((sets) => new Set(sets.flatMap(({ items }) => [...items])));
  const slots = Math.max(1, ...itemsOfVector.map(({ size }) => size));
  const items = new Int32Array(itemsOfVector.length * slots);
  for (const [vector, own] of itemsOfVector.entries()) {
    const [first = 0] = own;
    items.fill(first, vector * slots, (vector + 1) * slots);
    items.set([...own], vector * slots);
  }
  return {
    vectors: itemsOfVector.length,
    slots,
    counts: Int32Array.from(itemsOfVector, ({ size }) => size),
    items,
  };
}

/**
 * Packs the forests of pair sets, of which `setsOfVector[w]` are computed with weight vector `w` of `slots`: one set
 * for each task as a rule, or the sets of all tasks where these share their weights. A vector's loss is the mean over
 * its sets of each set's mean loss. The order depends on the arguments alone.
 */
export function packForests(setsOfVector: readonly (readonly PairSet[])[], slots: ItemSlots): PackedForests {
  const sets = setsOfVector.flatMap((own, vector) =>
    own.map((pairs) => ({ vector, pairs, forest: buildPrefixForest(pairs), siblings: own.length })),
  );
  const rows = sum(sets.map(({ forest }) => forest.items.length));
  const pairs = sum(sets.map(({ pairs: { labels } }) => labels.length));
  const vectors = setsOfVector.length;
  const treesOfVector = new Int32Array(vectors);
  const rowsOfVector = new Int32Array(vectors);
  const pairsOfVector = new Int32Array(vectors);
  const treeRows: number[] = [0];
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
  const slotOfItem = slotsByItem(slots);

  let row = 0;
  let pair = 0;
  let given = 0;
  // Indices below stay within the forests' own sizes, which is what each `!` says.
  for (const { vector, pairs: set, forest, siblings } of sets) {
    const childrenOf = listsOf(forest.parents, forest.items.length);
    const pairsOf = listsOf(forest.nodeOfPair, forest.items.length);
    const weight = 1 / (set.labels.length * siblings);
    const roots = forest.levelOffsets[1] ?? 0;
    for (let root = 0; root < roots; root++) {
      const nodes = [{ node: root, parent: -1, level: 0 }];
      const firstRow = row;
      // The list grows while it is walked: breadth first.
      for (const { node, parent, level } of nodes) {
        vectorOfRow[row] = vector;
        slotOfRow[row] = slotOfItem[vector]!.get(forest.items[node]!)!;
        parentOfRow[row] = parent;
        levelOfRow[row] = level;
        const children = childrenOf[node]!;
        firstChild[row] = firstRow + nodes.length;
        childCount[row] = children.length;
        for (const child of children) nodes.push({ node: child, parent: row, level: level + 1 });
        rowPairs[row] = pair;
        for (const own of pairsOf[node]!) {
          rowOfPair[pair] = row;
          labelOfPair[pair] = set.labels[own]!;
          weightOfPair[pair] = weight;
          givenOfPair[pair] = given + own;
          pair++;
        }
        row++;
      }
      treeRows.push(row);
    }
    treesOfVector[vector]! += roots;
    rowsOfVector[vector]! += forest.items.length;
    pairsOfVector[vector]! += set.labels.length;
    given += set.labels.length;
  }
  rowPairs[rows] = pairs;

  const slotKeys = vectorOfRow.map((vector, index) => vector * slots.slots + slotOfRow[index]!);
  const rowsOfSlot = listsOf(slotKeys, vectors * slots.slots);
  return {
    slots,
    vectors,
    trees: treeRows.length - 1,
    rows,
    pairs,
    levels: levelOfRow.reduce((most, level) => Math.max(most, level + 1), 0),
    treeOffsets: offsetsOf(treesOfVector),
    treeRows: Int32Array.from(treeRows),
    rowOffsets: offsetsOf(rowsOfVector),
    vectorOfRow,
    slotOfRow,
    parentOfRow,
    levelOfRow,
    firstChild,
    childCount,
    slotRowOffsets: offsetsOf(rowsOfSlot.map(({ length }) => length)),
    slotRows: Int32Array.from(rowsOfSlot.flat()),
    pairOffsets: offsetsOf(pairsOfVector),
    rowPairs,
    rowOfPair,
    labelOfPair,
    weightOfPair,
    givenOfPair,
  };
}

function slotsByItem({ vectors, slots, counts, items }: ItemSlots): readonly ReadonlyMap<number, number>[] {
  return Array.from({ length: vectors }, (_, vector) => {
    const own = items.subarray(vector * slots, vector * slots + (counts[vector] ?? 0));
    return new Map([...own.entries()].map(([slot, item]) => [item, slot]));
  });
}

/** For each of `count` keys, the indices that hold it, ascending; an index whose key is negative is in no list. */
function listsOf(keys: Int32Array, count: number): readonly (readonly number[])[] {
  const lists: number[][] = Array.from({ length: count }, () => []);
  for (const [index, key] of keys.entries()) lists[key]?.push(index);
  return lists;
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
