import type { PairSet } from '../../data/pair-set.js';
import { buildPrefixForest } from '../../model/gru/prefix-forest.js';

/**
 * The prefix forest of one set of pairs, tree by tree: a row is a distinct prefix, rows of a tree stand breadth-first,
 * the children of a row side by side, and the pairs by row.
 */
export interface SetTrees {
  /** `[trees + 1]` */
  readonly treeRows: Int32Array;
  /** `[rows]` each prefix' last item. */
  readonly items: Int32Array;
  /** `[rows]` -1 for a root. */
  readonly parents: Int32Array;
  /** `[rows]` */
  readonly levels: Int32Array;
  /** `[rows]` */
  readonly firstChild: Int32Array;
  /** `[rows]` */
  readonly childCount: Int32Array;
  /** `[rows + 1]` */
  readonly rowPairs: Int32Array;
  /** `[pairs]` the pair's place in the set. */
  readonly givenOfPair: Int32Array;
}

/** A task is drawn many times, and its pairs never change. */
const known = new WeakMap<PairSet, SetTrees>();

/** The trees of `pairs`, worked out once for each set. */
export function treesOf(pairs: PairSet): SetTrees {
  let trees = known.get(pairs);
  if (trees === undefined) {
    trees = buildTrees(pairs);
    known.set(pairs, trees);
  }
  return trees;
}

function buildTrees(pairs: PairSet): SetTrees {
  const forest = buildPrefixForest(pairs);
  const count = forest.items.length;
  const children = groupByKey(forest.parents, count);
  const ends = groupByKey(forest.nodeOfPair, count);
  const nodeOfRow = new Int32Array(count);
  const treeRows = new Int32Array((forest.levelOffsets[1] ?? 0) + 1);
  const parents = new Int32Array(count).fill(-1);
  const levels = new Int32Array(count);
  const firstChild = new Int32Array(count);
  const childCount = new Int32Array(count);
  const rowPairs = new Int32Array(count + 1);
  const givenOfPair = new Int32Array(pairs.labels.length);
  let known = 0;
  let row = 0;
  let pair = 0;
  // Indices below stay within the forest's own sizes, which is what each `!` says.
  for (let root = 0; root + 1 < treeRows.length; root++) {
    nodeOfRow[known++] = root;
    // The rows that are known grow while they are walked: breadth first.
    for (; row < known; row++) {
      const node = nodeOfRow[row]!;
      firstChild[row] = known;
      for (let i = children.offsets[node]!; i < children.offsets[node + 1]!; i++) {
        parents[known] = row;
        levels[known] = levels[row]! + 1;
        nodeOfRow[known++] = children.indices[i]!;
      }
      childCount[row] = known - firstChild[row]!;
      rowPairs[row] = pair;
      for (let i = ends.offsets[node]!; i < ends.offsets[node + 1]!; i++)
        givenOfPair[pair++] = ends.indices[i]!;
    }
    treeRows[root + 1] = row;
  }
  rowPairs[count] = pair;
  return {
    treeRows,
    items: nodeOfRow.map((node) => forest.items[node]!),
    parents,
    levels,
    firstChild,
    childCount,
    rowPairs,
    givenOfPair,
  };
}

/** The indices that hold each of `count` keys, ascending, one key after the other; a negative key counts for none. */
export function groupByKey(
  keys: Int32Array,
  count: number,
): { readonly offsets: Int32Array; readonly indices: Int32Array } {
  const offsets = new Int32Array(count + 1);
  // Keys are below `count`.
  for (const key of keys) if (key >= 0) offsets[key + 1]!++;
  for (let key = 0; key < count; key++) offsets[key + 1]! += offsets[key]!;
  const indices = new Int32Array(offsets[count]!);
  const next = offsets.slice();
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index]!;
    if (key >= 0) indices[next[key]!++] = index;
  }
  return { offsets, indices };
}
