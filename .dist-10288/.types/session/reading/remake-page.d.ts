import type { Failure } from '../../base/failure.js';
import { type Result } from '../../base/result.js';
/** A page that was made again. */
export interface RemadePage {
    /** The run that was asked for. */
    readonly named: string;
    /** The run whose results it shows: an earlier one, where the one that was asked for executed nothing. */
    readonly run: string;
    /** Absolute. */
    readonly path: string;
}
/** Makes report.html and its figures again from the verified files of a run. */
export declare function remakePage(root: string, name?: string): Promise<Result<RemadePage, Failure[]>>;
