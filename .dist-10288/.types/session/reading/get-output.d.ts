import type { Failure } from '../../base/failure.js';
import { type Result } from '../../base/result.js';
import type { Digest } from '../../store/entry.js';
/** A file that a run computed. */
export interface StoredOutput {
    /** `NODE.PORT`, and behind a slash the file of a port that has several. */
    readonly output: string;
    readonly run: string;
    /** Where its bytes are in the cache, absolute; not to be written to. */
    readonly path: string;
    /** Of its bytes: sha256. */
    readonly digest: Digest;
    readonly bytes: number;
}
/**
 * An output of a run, its bytes verified: `NODE.PORT`, or `STEP.PORT` where only one node of the step has it; behind
 * a slash the file of a port that has several.
 */
export declare function getOutput(root: string, output: string, name?: string): Promise<Result<StoredOutput, Failure[]>>;
