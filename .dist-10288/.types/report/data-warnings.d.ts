import { type Json } from '../base/json.js';
/**
 * What the fingerprints of a run's data say against its results: users that train shares with val or test, and
 * episodes that ask for what their support already holds. The guard follows splits, not users, and cannot see it.
 *
 * @param fingerprints by the node that made each
 */
export declare function warningsOfData(fingerprints: {
    readonly [node: string]: Json;
}): readonly string[];
