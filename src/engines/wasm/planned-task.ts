import { greatest } from '../../base/extremes.js';
import type { PairSet, Task } from '../../data/pair-set.js';
import { buildPrefixForest, type PrefixForest } from '../../model/gru/prefix-forest.js';

/**
 * A forest over the items that a piece of work touches: its nodes' items are rows `first .. first + unique` of
 * `itemIds`, and stand less `first`.
 */
export interface LocalForest {
  readonly forest: PrefixForest;
  readonly items: Int32Array;
  readonly labels: Int32Array;
  readonly first: number;
  readonly unique: number;
}

/** A set of forests (support and query, or one alone) with the items that they touch. */
export interface LocalTask {
  readonly itemIds: Int32Array;
  readonly support: LocalForest;
  readonly query: LocalForest;
}

/** The task's forests, over rows of their own. */
export function planTask(task: Task): LocalTask {
  const support = buildPrefixForest(task.support);
  const query = buildPrefixForest(task.query);
  // Items of the support set alone come first, those of the query set alone last: each set's are contiguous.
  const inQuery = new Set(query.items);
  const inSupport = new Set(support.items);
  const supportOnly = [...inSupport].filter((item) => !inQuery.has(item));
  const both = [...inSupport].filter((item) => inQuery.has(item));
  const queryOnly = [...inQuery].filter((item) => !inSupport.has(item));
  const itemIds = Int32Array.from([...supportOnly, ...both, ...queryOnly]);
  const rowOf = new Map([...itemIds.entries()].map(([row, item]) => [item, row]));
  return {
    itemIds,
    support: localForest(support, task.support.labels, rowOf, 0, inSupport.size),
    query: localForest(query, task.query.labels, rowOf, supportOnly.length, inQuery.size),
  };
}

/** The forest of one set of pairs. */
export function planPairs(pairs: PairSet): { readonly itemIds: Int32Array; readonly pairs: LocalForest } {
  const forest = buildPrefixForest(pairs);
  const itemIds = Int32Array.from(new Set(forest.items));
  const rowOf = new Map([...itemIds.entries()].map(([row, item]) => [item, row]));
  return { itemIds, pairs: localForest(forest, pairs.labels, rowOf, 0, itemIds.length) };
}

function localForest(
  forest: PrefixForest,
  labels: Int32Array,
  rowOf: ReadonlyMap<number, number>,
  first: number,
  unique: number,
): LocalForest {
  // Every item of the forest has a row.
  const items = forest.items.map((item) => rowOf.get(item)! - first);
  return { forest, items, labels, first, unique };
}

/** The query forests of several tasks as one, level by level, so that the tasks' rows stack. */
export function stackQueries(tasks: readonly LocalTask[]): {
  readonly itemIds: Int32Array;
  readonly pairs: LocalForest;
} {
  const queries = tasks.map(({ query }) => query);
  const rowOf = new Map<number, number>();
  const rows = tasks.map(({ itemIds, query }) =>
    itemIds.subarray(query.first, query.first + query.unique).map((item) => {
      const row = rowOf.get(item) ?? rowOf.size;
      rowOf.set(item, row);
      return row;
    }),
  );
  const nodes = sum(queries.map(({ items }) => items.length));
  const items = new Int32Array(nodes);
  const parents = new Int32Array(nodes);
  const placeOf = queries.map(({ items }) => new Int32Array(items.length));
  const levels = greatest(queries.map(({ forest }) => forest.levelOffsets.length - 1));
  const levelOffsets = new Int32Array(levels + 1);
  let next = 0;
  // Indices below stay within the forests' own sizes.
  for (let level = 0; level < levels; level++) {
    for (const [index, { forest, items: own }] of queries.entries()) {
      const place = placeOf[index]!;
      const to = forest.levelOffsets[level + 1] ?? 0;
      for (let node = forest.levelOffsets[level] ?? to; node < to; node++) {
        const parent = forest.parents[node]!;
        place[node] = next;
        items[next] = rows[index]![own[node]!]!;
        parents[next] = parent < 0 ? -1 : place[parent]!;
        next++;
      }
    }
    levelOffsets[level + 1] = next;
  }
  const nodeOfPair = Int32Array.from(
    queries.flatMap(({ forest }, index) => [...forest.nodeOfPair].map((node) => placeOf[index]![node]!)),
  );
  const labels = Int32Array.from(queries.flatMap(({ labels }) => [...labels]));
  return {
    itemIds: Int32Array.from(rowOf.keys()),
    pairs: {
      forest: { items, parents, levelOffsets, nodeOfPair },
      items,
      labels,
      first: 0,
      unique: rowOf.size,
    },
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
