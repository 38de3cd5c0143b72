import { formatBytes } from '../base/quantities.js';
import type { Demand, GraphNode } from '../pipeline/graph/graph.js';

/** An amount of slots, GPU tokens and memory: all, free, or granted to a node. */
export interface Resources {
  readonly slots: number;
  readonly gpus: number;
  /** Of a node what it asked for, nothing where it did not. */
  readonly memoryBytes: number;
}

/** What is wanted, but of slots no more than there are: fewer than a step asks for make it slower, not impossible. */
export function withinSlots<Wanted extends Demand>(demand: Wanted, slots: number): Wanted {
  return demand.slots === 'free' ? demand : { ...demand, slots: Math.min(demand.slots, slots) };
}

/**
 * What a node gets if it starts now; undefined where it has to wait.
 *
 * @param sharers how many divide what is free, where it shares that
 */
export function grant(demand: Demand, free: Resources, sharers = 1): Resources | undefined {
  const { gpus, memoryBytes = 0 } = demand;
  const parts = demand.sharesSlots === true ? sharers : 1;
  const slots = demand.slots === 'free' ? Math.max(1, Math.floor(free.slots / parts)) : demand.slots;
  if (slots > free.slots || gpus > free.gpus || memoryBytes > free.memoryBytes) return undefined;
  return { slots, gpus, memoryBytes };
}

/**
 * Which node to start next: the first, in order of priority, that fits what is free. A node that waits for a GPU, for
 * memory or for more slots does not hold up those behind it: nothing is left idle. Of several that would each take all
 * that is free, and share it, each gets a part: side by side none waits for its own threads.
 */
export function chooseNext<Ready extends Demand>(
  ready: Iterable<Ready>,
  free: Resources,
): { readonly node: Ready; readonly granted: Resources } | undefined {
  if (free.slots < 1) return undefined;
  let sharers: number | undefined;
  for (const node of ready) {
    // Counted where it matters: of thousands that are ready, the first mostly fits.
    if (node.sharesSlots === true) sharers ??= sharersAmong(ready, free);
    const granted = grant(node, free, sharers);
    if (granted !== undefined) return { node, granted };
  }
  return undefined;
}

/** How many could start now that share what is free. */
function sharersAmong(ready: Iterable<Demand>, free: Resources): number {
  let sharers = 0;
  for (const node of ready) {
    if (node.slots === 'free' && node.sharesSlots === true && grant(node, free) !== undefined) sharers++;
  }
  return sharers;
}

/** What is free once this is granted. */
export function take(free: Resources, granted: Resources): Resources {
  return {
    slots: free.slots - granted.slots,
    gpus: free.gpus - granted.gpus,
    memoryBytes: free.memoryBytes - granted.memoryBytes,
  };
}

/** What is free once this has come back. */
export function giveBack(free: Resources, granted: Resources): Resources {
  return {
    slots: free.slots + granted.slots,
    gpus: free.gpus + granted.gpus,
    memoryBytes: free.memoryBytes + granted.memoryBytes,
  };
}

/** What a node wants that there is less of than it wants, in words, and what to do; undefined where there is enough. */
export function lackOfMeans(
  { resources: { slots, gpus, memoryBytes = 0 }, engine }: Pick<GraphNode, 'resources' | 'engine'>,
  total: Resources & { readonly cpus: number },
): { readonly wanted: string; readonly hint: string } | undefined {
  if (gpus > total.gpus) {
    return {
      wanted: `${gpus === 1 ? 'a GPU' : `${gpus} GPUs`}, and the run has ${total.gpus === 0 ? 'none' : total.gpus}`,
      hint: `kshot doctor says what was found, and KSHOT_GPUS=0 that there is one all the same; else lower resources.gpus${engine === undefined ? '' : ', or compute with --engine wasm'}`,
    };
  }
  if (slots !== 'free' && slots > total.cpus) {
    return {
      wanted: `${slots} CPUs, and this machine has ${total.cpus}`,
      hint: 'lower resources.cpus',
    };
  }
  if (memoryBytes <= total.memoryBytes) return undefined;
  return {
    wanted: `${formatBytes(memoryBytes)} of memory, and this machine has ${formatBytes(total.memoryBytes)}`,
    hint: 'lower resources.memory',
  };
}

/** For each thread; with less, DuckDB can fail to sort although it may spill. */
const leastMemoryBytes = 2 ** 28;

/** A node's part of the memory, in bytes: of four fifths, the rest being for the processes themselves. */
export function memoryShare(
  granted: Resources,
  { slots, memoryBytes }: { readonly slots: number; readonly memoryBytes: number },
): number {
  if (granted.memoryBytes > 0) return Math.max(leastMemoryBytes, Math.floor(0.8 * granted.memoryBytes));
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
