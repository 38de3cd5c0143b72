import type { PairSet } from '../../data/pair-set.js';
import { buildPrefixForest, type PrefixForest } from '../../model/gru/prefix-forest.js';
import type { ItemSlots } from '../item-slots.js';

/**
 * The prefix forests of several sets of pairs, one for each weight vector, side by side: every forest has as many rows on
 * a level as the widest has there, so that a level of all of them is one batched product. What fills up computes
 * something that nobody reads.
 */
export interface PackedLevels {
  /** How many rows each level has. */
  readonly widths: readonly number[];
  /** `[vectors, rows]` the slot of each prefix' last item. */
  readonly items: Int32Array;
  /** `[vectors, rows]` the place of the prefix without it on the level before. */
  readonly parents: Int32Array;
  /** The most pairs that a set has. */
  readonly pairs: number;
  /** `[vectors, pairs]` the row of each pair's prefix. */
  readonly nodes: Int32Array;
  /** `[vectors, pairs]` */
  readonly labels: Int32Array;
  /** `[vectors, pairs]` what a pair's loss counts in the mean of its set; 0 for what fills up. */
  readonly shares: Float64Array;
}

/** Packs one set of pairs for each weight vector of `slots`; the order depends on the arguments alone. */
export function packLevels(sets: readonly PairSet[], slots: ItemSlots): PackedLevels {
  const forests = sets.map(buildPrefixForest);
  const widths = widthsOf(forests);
  const starts = [0];
  for (const width of widths) starts.push((starts.at(-1) ?? 0) + width);
  const rows = starts.at(-1) ?? 0;
  const pairs = sets.reduce((most, { labels }) => Math.max(most, labels.length), 0);
  const packed = {
    widths,
    items: new Int32Array(sets.length * rows),
    parents: new Int32Array(sets.length * rows),
    pairs,
    nodes: new Int32Array(sets.length * pairs),
    labels: new Int32Array(sets.length * pairs),
    shares: new Float64Array(sets.length * pairs),
  };
  for (const [vector, forest] of forests.entries()) {
    const slotOfItem = slotsByItem(slots, vector);
    const rowOfNode = placeNodes(forest, starts);
    for (const [node, row] of rowOfNode.entries()) {
      const at = vector * rows + row;
      // Every item of the set has a slot, and a parent is a node; so it is with all indices below.
      packed.items[at] = slotOfItem.get(forest.items[node]!)!;
      const parent = forest.parents[node]!;
      packed.parents[at] = parent < 0 ? 0 : placeOnLevel(forest, parent);
    }
    const { labels } = sets[vector]!;
    packed.labels.set(labels, vector * pairs);
    packed.shares.fill(1 / labels.length, vector * pairs, vector * pairs + labels.length);
    for (const [pair, node] of forest.nodeOfPair.entries()) {
      packed.nodes[vector * pairs + pair] = rowOfNode[node]!;
    }
  }
  return packed;
}

function widthsOf(forests: readonly PrefixForest[]): readonly number[] {
  const widths: number[] = [];
  for (const { levelOffsets } of forests) {
    for (let level = 0; level + 1 < levelOffsets.length; level++) {
      const width = levelOffsets[level + 1]! - levelOffsets[level]!;
      widths[level] = Math.max(widths[level] ?? 0, width);
    }
  }
  return widths;
}

/** The row of each node, where level `l` begins at row `starts[l]`. */
function placeNodes({ items, levelOffsets }: PrefixForest, starts: readonly number[]): Int32Array {
  const rows = new Int32Array(items.length);
  for (let level = 0; level + 1 < levelOffsets.length; level++) {
    for (let node = levelOffsets[level]!; node < levelOffsets[level + 1]!; node++) {
      rows[node] = starts[level]! + node - levelOffsets[level]!;
    }
  }
  return rows;
}

function placeOnLevel({ levelOffsets }: PrefixForest, node: number): number {
  let level = 0;
  while (levelOffsets[level + 1]! <= node) level++;
  return node - levelOffsets[level]!;
}

function slotsByItem({ slots, counts, items }: ItemSlots, vector: number): ReadonlyMap<number, number> {
  const found = new Map<number, number>();
  for (let slot = 0; slot < counts[vector]!; slot++) found.set(items[vector * slots + slot]!, slot);
  return found;
}
