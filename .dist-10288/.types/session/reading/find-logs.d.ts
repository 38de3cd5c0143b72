import { type ManifestNode } from '../../artifacts/run-documents.js';
import type { Failure } from '../../base/failure.js';
import { type Result } from '../../base/result.js';
/** A node's log, and where the node was listed when the log was looked for. */
export interface FoundLog {
    /** The run that executed it. */
    readonly run: string;
    readonly node: string;
    /** Absolute. */
    readonly file: string;
    /** Whether that run is under way, or was killed. */
    readonly unfinished?: true;
    /** The run that was asked for, where that did not execute it, and what it did instead. */
    readonly listed?: {
        readonly run: string;
        readonly outcome: ManifestNode['outcome'];
    };
}
/**
 * The logs of a step's nodes, as of the latest run that lists the step, be it under way. Of a node that this run did
 * not execute, the log of the run that did.
 */
export declare function findLogs(root: string, step: string, run?: string): Promise<Result<readonly FoundLog[], Failure[]>>;
/** Whether the run is the one that is named, by its tag too. */
export declare function isNamed(run: string, name: string | undefined): boolean;
/** What is said of a step that is in none of the runs looked at, whose steps and nodes are `names`. */
export declare function noSuchStep(step: string, names: ReadonlySet<string>): Failure;
