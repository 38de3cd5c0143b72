import type { Failure } from '../../base/failure.js';
import { type Result } from '../../base/result.js';
/** What a run under way has written to a log since the piece before. */
export interface LogPiece {
    readonly node: string;
    /** The log, absolute. */
    readonly file: string;
    /** Whole lines. */
    readonly text: string;
    /** What stands after them now, such as a prompt or the state of a progress bar; may be several lines. */
    readonly open: string;
}
/** The logs of a step in a run under way. */
export interface FollowedLogs {
    readonly run: string;
    /** Whether there is none yet. */
    readonly isWaiting: boolean;
    /** What is written to them, until the node or the run has ended. */
    readonly pieces: AsyncIterable<LogPiece>;
}
/** Follows the latest run under way that has a log of the step, or may get one; undefined where none is under way. */
export declare function followLogs(root: string, step: string, name?: string): Promise<Result<FollowedLogs | undefined, Failure[]>>;
