import type { PackedForests } from '../packed-forests.js';
import type { CallField } from './program.js';

/** Packed forests as the programs read them. */
export interface ForestPlan {
  readonly lanes: Lanes;
  /** Everything that the programs look up, one array after the other. */
  readonly words: Int32Array;
  /** Where in `words` each array begins. */
  readonly offsets: { readonly [field in CallField]?: number };
  /** How many workgroups each kind of work has. */
  readonly groups: number;
  readonly rowBlocks: number;
  readonly slotBlocks: number;
  readonly pairBlocks: number;
}

/**
 * Trees from which on a workgroup takes four at once. Below, a device has more room than there are workgroups, and one
 * tree for each is soonest done; above, what counts is how often the weights are read. Results are the same either way.
 */
const treesForLanes = 512;
/** Workgroups that any device starts along one dimension. */
const workgroupsAnywhere = 65_535;

/** How many rows, pairs or slots a workgroup takes at once. */
export type Lanes = 1 | 4;

function lanesFor({ trees, rows, pairs, slots: { vectors, slots } }: PackedForests): Lanes {
  return trees < treesForLanes && Math.max(rows, pairs, vectors * slots) <= workgroupsAnywhere ? 1 : 4;
}

/** Lays out what the programs look up. Depends on its arguments alone. */
export function planForests(forests: PackedForests, lanes: Lanes = lanesFor(forests)): ForestPlan {
  const { groups, steps } = walkTrees(forests, lanes);
  const { usedSlots, usedOffsets } = slotsWithRows(forests);
  const slotBlocks = blocksOf(usedOffsets, lanes);
  const rowBlocks = blocksOf(forests.rowOffsets, lanes);
  const pairBlocks = blocksOf(forests.pairOffsets, lanes);
  const arrays: { readonly [field in CallField]?: ArrayLike<number> } = {
    slotItems: forests.slots.items,
    usedSlots,
    slotBlocks,
    rowVectors: forests.vectorOfRow,
    rowSlots: forests.slotOfRow,
    rowParents: forests.parentOfRow,
    rowFirstChild: forests.firstChild,
    rowChildren: forests.childCount,
    rowPairs: forests.rowPairs,
    rowBlocks,
    slotRowOffsets: forests.slotRowOffsets,
    slotRows: forests.slotRows,
    vectorRows: forests.rowOffsets,
    vectorPairs: forests.pairOffsets,
    pairRows: forests.rowOfPair,
    pairLabels: forests.labelOfPair,
    // The same bits: the programs read them as floats.
    pairWeights: new Int32Array(
      forests.weightOfPair.buffer,
      forests.weightOfPair.byteOffset,
      forests.weightOfPair.length,
    ),
    pairBlocks,
    groups,
    steps,
  };
  const offsets: { [field in CallField]?: number } = {};
  const entries = Object.entries(arrays) as [CallField, ArrayLike<number>][];
  const words = new Int32Array(entries.reduce((sum, [, array]) => sum + array.length, 0));
  let at = 0;
  for (const [field, array] of entries) {
    offsets[field] = at;
    words.set(array, at);
    at += array.length;
  }
  return {
    lanes,
    words,
    offsets,
    groups: groups.length / 3,
    rowBlocks: rowBlocks.length / 2,
    slotBlocks: slotBlocks.length / 2,
    pairBlocks: pairBlocks.length / 2,
  };
}

/** The slots that have rows in these forests, by vector. */
function slotsWithRows({ vectors, slots: { slots }, slotRowOffsets }: PackedForests): {
  readonly usedSlots: readonly number[];
  readonly usedOffsets: readonly number[];
} {
  const usedSlots: number[] = [];
  const usedOffsets = [0];
  for (let vector = 0; vector < vectors; vector++) {
    for (let slot = vector * slots; slot < (vector + 1) * slots; slot++) {
      if ((slotRowOffsets[slot + 1] ?? 0) > (slotRowOffsets[slot] ?? 0)) usedSlots.push(slot);
    }
    usedOffsets.push(usedSlots.length);
  }
  return { usedSlots, usedOffsets };
}

/**
 * The trees in groups of `lanes`, none across two vectors, and each group's rows in steps of at most `lanes`, which are
 * of one level, so that every row stands after its parent: `groups` holds vector, first step and end, `steps` the rows
 * of each step, -1 where there are fewer than lanes.
 */
function walkTrees(
  { treeOffsets, treeRows, levelOfRow, vectors }: PackedForests,
  lanes: number,
): { readonly groups: readonly number[]; readonly steps: readonly number[] } {
  const groups: number[] = [];
  const steps: number[] = [];
  for (let vector = 0; vector < vectors; vector++) {
    const endTree = treeOffsets[vector + 1] ?? 0;
    for (let tree = treeOffsets[vector] ?? 0; tree < endTree; tree += lanes) {
      const from = treeRows[tree] ?? 0;
      const to = treeRows[Math.min(tree + lanes, endTree)] ?? 0;
      const firstStep = steps.length / lanes;
      for (const row of stepsByLevel(levelOfRow, from, to, lanes)) steps.push(row);
      groups.push(vector, firstStep, steps.length / lanes);
    }
  }
  return { groups, steps };
}

/** The rows of each level after one another, filled up with -1 to whole steps of `lanes`. */
function stepsByLevel(
  levelOfRow: ArrayLike<number>,
  from: number,
  to: number,
  lanes: number,
): readonly number[] {
  const levels: number[][] = [];
  for (let row = from; row < to; row++) {
    const level = levelOfRow[row] ?? 0;
    levels[level] ??= [];
    levels[level].push(row);
  }
  return levels.flatMap((rows) => [
    ...rows,
    ...new Array<number>((lanes - (rows.length % lanes)) % lanes).fill(-1),
  ]);
}

/** First index and count of blocks of at most `size` indices, none across two of the ranges that `offsets` bound. */
function blocksOf(offsets: ArrayLike<number>, size: number): readonly number[] {
  const blocks: number[] = [];
  for (let range = 0; range + 1 < offsets.length; range++) {
    const to = offsets[range + 1] ?? 0;
    for (let from = offsets[range] ?? 0; from < to; from += size) {
      blocks.push(from, Math.min(size, to - from));
    }
  }
  return blocks;
}
