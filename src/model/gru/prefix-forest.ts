import type { PairSet } from '../../data/pair-set.js';

/**
 * The distinct prefixes of a set of pairs as a forest: a node is a prefix, its parent the prefix without the last
 * item. Each node is one evaluation of the recurrent cell. Nodes stand level by level (level 0 holds the roots).
 */
export interface PrefixForest {
  /** `[nodes]` the last item of each node's prefix. */
  readonly items: Int32Array;
  /** `[nodes]` index of the parent, -1 for a root. */
  readonly parents: Int32Array;
  /** `[levels + 1]` nodes of level `l` are `levelOffsets[l] .. levelOffsets[l + 1]`. */
  readonly levelOffsets: Int32Array;
  /** `[pairs]` the node that holds each pair's whole prefix. */
  readonly nodeOfPair: Int32Array;
}

/** Shares every common prefix; the order of nodes depends on the order of pairs alone. */
export function buildPrefixForest(pairs: PairSet): PrefixForest {
  const pairCount = pairs.labels.length;
  const items: number[] = [];
  const parents: number[] = [];
  const levelOffsets: number[] = [0];
  const nodeOfPair = new Int32Array(pairCount).fill(-1);
  let waiting = Array.from({ length: pairCount }, (_, pair) => pair);
  for (let level = 0; waiting.length > 0; level++) {
    const nodeByParentAndItem = new Map<string, number>();
    const longer: number[] = [];
    for (const pair of waiting) {
      const start = pairs.offsets[pair] ?? 0;
      const length = (pairs.offsets[pair + 1] ?? 0) - start;
      const item = pairs.items[start + level] ?? 0;
      const parent = nodeOfPair[pair] ?? -1;
      const name = `${parent} ${item}`;
      let node = nodeByParentAndItem.get(name);
      if (node === undefined) {
        node = items.length;
        nodeByParentAndItem.set(name, node);
        items.push(item);
        parents.push(parent);
      }
      nodeOfPair[pair] = node;
      if (length > level + 1) longer.push(pair);
    }
    levelOffsets.push(items.length);
    waiting = longer;
  }
  return {
    items: Int32Array.from(items),
    parents: Int32Array.from(parents),
    levelOffsets: Int32Array.from(levelOffsets),
    nodeOfPair,
  };
}
