import type { PairFiles } from './read-pairs.js';
/** Sessions as sets of items, the most recent first. */
export interface SessionSet {
    readonly itemCount: number;
    /** `[visits]` which session, ascending from 0, and one of its items; each item of a session once. */
    readonly sessions: Int32Array;
    readonly items: Int32Array;
}
/**
 * The sessions that the pairs of one split were cut from. A session is as recent as its last pair; of equally recent
 * ones that with the higher pair id comes first.
 *
 * @throws FailureError `bad-data`
 */
export declare function readSessions(files: PairFiles, options: {
    readonly threads: number;
}): Promise<SessionSet>;
