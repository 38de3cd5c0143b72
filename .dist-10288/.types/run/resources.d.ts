import type { Demand } from '../pipeline/graph/graph.js';
/** An amount of slots, GPU tokens and memory: all, free, or granted to a node. */
export interface Resources {
    readonly slots: number;
    readonly gpus: number;
    /** Of a node what it asked for, nothing where it did not. */
    readonly memoryBytes: number;
}
/** What is wanted, but of slots no more than there are: fewer than a step asks for make it slower, not impossible. */
export declare function withinSlots<Wanted extends Demand>(demand: Wanted, slots: number): Wanted;
/** What a node gets if it starts now; undefined where it has to wait. */
export declare function grant(demand: Demand, free: Resources): Resources | undefined;
/**
 * Which node to start next: the first, in order of priority, that fits what is free. A node that waits for a GPU, for
 * memory or for more slots does not hold up those behind it: nothing is left idle.
 */
export declare function chooseNext<Ready extends Demand>(ready: Iterable<Ready>, free: Resources): {
    readonly node: Ready;
    readonly granted: Resources;
} | undefined;
/** What is free once this is granted. */
export declare function take(free: Resources, granted: Resources): Resources;
/** What is free once this has come back. */
export declare function giveBack(free: Resources, granted: Resources): Resources;
/** What a node wants that there is less of than it wants, in words, and what to do; undefined where there is enough. */
export declare function lackOfMeans({ slots, gpus, memoryBytes }: Demand, total: Resources & {
    readonly cpus: number;
}): {
    readonly wanted: string;
    readonly hint: string;
} | undefined;
/** A node's part of the memory, in bytes: of four fifths, the rest being for the processes themselves. */
export declare function memoryShare(granted: Resources, { slots, memoryBytes }: {
    readonly slots: number;
    readonly memoryBytes: number;
}): number;
/**
 * For each node the number of nodes still to run on the longest chain that begins with it: what decides which ready
 * node goes first. `nodes` stand in an order in which what a node needs comes earlier; `runs` says whether it is
 * to run as far as is known.
 */
export declare function chainLengths(nodes: readonly {
    readonly id: string;
    readonly needs: Iterable<string>;
    readonly runs: boolean;
}[]): ReadonlyMap<string, number>;
