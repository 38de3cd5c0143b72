import type { PaddedShape } from './padded-shape.js';
import { type Group, type Sums, WorkLayout } from './work-layout.js';
/** The kernel on `threads` threads, and the memory that they share. */
export declare class KernelThreads {
    #private;
    constructor(module: WebAssembly.Module, shape: PaddedShape, threads: number);
    /**
     * Gives back all that the last call laid out; where the next one's work goes. Waits for the threads to be ready:
     * laying work out may have the memory grow.
     */
    clear(): Promise<WorkLayout>;
    close(): Promise<void>;
    /** Has the threads do all groups, the longest first. */
    workOff(groups: readonly Group[]): Promise<void>;
    /** Adds the groups' sums up in their order, in float64. */
    addUp(sums: Sums): Promise<void>;
}
