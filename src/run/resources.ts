import type { Demand } from '../pipeline/graph/graph.js';

/** An amount of slots and GPU tokens: all, free, or granted to a node. */
export interface Resources {
  readonly slots: number;
  readonly gpus: number;
}

/** What a node gets if it starts now; undefined where it has to wait. */
export function grant(demand: Demand, free: Resources): Resources | undefined {
  if (free.slots < 1 || demand.gpus > free.gpus) return undefined;
  return { slots: demand.slots === 'free' ? free.slots : 1, gpus: demand.gpus };
}

/**
 * Which node to start next: the first, in order of priority, that fits what is free. A node that waits for a GPU
 * does not hold up those behind it.
 */
export function chooseNext<Ready extends Demand>(
  ready: Iterable<Ready>,
  free: Resources,
): { readonly node: Ready; readonly granted: Resources } | undefined {
  for (const node of ready) {
    if (free.slots < 1) return undefined;
    const granted = grant(node, free);
    if (granted !== undefined) return { node, granted };
  }
  return undefined;
}

/** What is free once this is granted. */
export function take(free: Resources, granted: Resources): Resources {
  return { slots: free.slots - granted.slots, gpus: free.gpus - granted.gpus };
}

/** What is free once this has come back. */
export function giveBack(free: Resources, granted: Resources): Resources {
  return { slots: free.slots + granted.slots, gpus: free.gpus + granted.gpus };
}

/** For each thread; with less, DuckDB can fail to sort although it may spill. */
const leastMemoryBytes = 2 ** 28;

/** A node's part of the memory, in bytes: of four fifths, the rest being for the processes themselves. */
export function memoryShare(
  granted: Resources,
  { slots, memoryBytes }: { readonly slots: number; readonly memoryBytes: number },
): number {
  return granted.slots * Math.max(leastMemoryBytes, Math.floor((0.8 * memoryBytes) / slots));
}

/**
 * For each node the number of nodes still to run on the longest chain that begins with it: what decides which ready
 * node goes first. `nodes` stand in an order in which what a node needs comes earlier; `runs` says whether it is
 * to run as far as is known.
 */
export function chainLengths(
  nodes: readonly { readonly id: string; readonly needs: Iterable<string>; readonly runs: boolean }[],
): ReadonlyMap<string, number> {
  const lengths = new Map<string, number>();
  for (const { id, needs, runs } of nodes.toReversed()) {
    const length = (lengths.get(id) ?? 0) + (runs ? 1 : 0);
    lengths.set(id, length);
    for (const need of needs) lengths.set(need, Math.max(lengths.get(need) ?? 0, length));
  }
  return lengths;
}
