import type { Failure } from '../base/failure.js';
import { type Result } from '../base/result.js';
/** A run's folder, made for it alone. */
export interface RunFolder {
    readonly run: string;
    /** `artifacts/<pipeline>/<run>`, absolute. */
    readonly path: string;
    /** Where steps write their logs, absolute. */
    readonly logs: string;
    /** Where links to what its nodes wrote may be made, absolute; not there yet. */
    readonly nodes: string;
}
/**
 * Makes the folder of a new run. The default tag is the UTC time with a random suffix; a given one must not be taken
 * and may hold letters, digits, `.`, `_` and `-` only, because it becomes a folder's name and a value in tables.
 */
export declare function createRunFolder(root: string, pipeline: string, now: Date, tag?: string): Result<RunFolder, Failure>;
/** Why no run of a pipeline can be given a tag; undefined where one can. */
export declare function refusedTag(root: string, pipeline: string, tag: string): Failure | undefined;
