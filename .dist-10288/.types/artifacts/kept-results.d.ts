import type { Digest } from '../base/canonical.js';
import { type RunRecord } from './register.js';
import type { ManifestNode } from './run-documents.js';
/**
 * The runs whose results `gc` keeps: of each pipeline the last so many distinct successful results, and as many of
 * runs that failed or were cancelled, which would go on from them. Runs of one signature are one result, whatever
 * was executed for it, so running again pushes nothing out.
 *
 * @param runs in the order of their starts
 */
export declare function keptRuns(runs: readonly RunRecord[], keep: number): readonly RunRecord[];
/** What a run loses: results of its nodes that are to be removed. */
export interface LostResults {
    /** `<pipeline>/<run>`, the latest that lists them. */
    readonly run: string;
    readonly nodes: readonly string[];
    /** Of files that are to be removed with them. */
    readonly bytes: number;
}
/**
 * What removing entries and objects takes from which run, the latest first; each file counts once.
 *
 * @param sizes bytes of each entry (by key) and each object (by digest) to be removed
 */
export declare function lostResults(runs: readonly RunRecord[], nodesOf: (run: string) => readonly ManifestNode[], sizes: ReadonlyMap<Digest, number>): readonly LostResults[];
