import { type Failure } from '../../base/failure.js';
import { type Result } from '../../base/result.js';
/** What was read and found to be good. */
export interface CacheCheck {
    readonly entries: number;
    readonly objects: number;
    /** Of all objects. */
    readonly bytes: number;
    /** Runs whose folders are there. */
    readonly runs: number;
}
/** Reads every byte of the cache, sets aside what is bad, and checks the files of runs; fails with all that is bad. */
export declare function checkCache(root: string): Promise<Result<CacheCheck, Failure[]>>;
