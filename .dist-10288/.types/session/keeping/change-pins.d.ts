import type { Failure } from '../../base/failure.js';
import { type Result } from '../../base/result.js';
/** The runs to pin, and those whose pins go. */
export interface PinChange {
    readonly pin?: readonly string[];
    readonly unpin?: readonly string[];
}
/** Pins runs, so that garbage collection keeps what they reach, or takes pins away: all or none. Answers which are pinned. */
export declare function changePins(root: string, { pin, unpin }: PinChange): Promise<Result<readonly string[], Failure[]>>;
