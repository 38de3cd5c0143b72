/** Looks again later at nodes that wait for another process: soon at first, then about each second. */
export declare class Polls {
    private readonly timers;
    private readonly counts;
    get size(): number;
    /** Calls `look` once. */
    add(id: string, look: () => void): void;
    /** Calls every look that is due later now: something has changed. */
    lookNow(): void;
    clear(): void;
}
