import type { ObjectReference } from '../store/entry.js';
/** All files that a run's folder holds by now, by their names in it, but for its logs, links and record. */
export declare function filesOfRun(folder: string): Promise<{
    readonly [name: string]: ObjectReference;
}>;
