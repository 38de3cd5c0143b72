import type { Failure } from '../base/failure.js';
import { type Result } from '../base/result.js';
import { type RunRecord } from './register.js';
/**
 * The run that a name stands for: a tag, `PIPELINE/TAG`, or the latest run of a pipeline by `PIPELINE` or its file;
 * `latest`, or no name, is the latest of the project. `~N` after any but a tag is the N-th run before that one.
 */
export declare function findRun(root: string, name?: string): Result<RunRecord, Failure>;
/** The same among these runs, which are in the order of their starts. */
export declare function findRunAmong(root: string, runs: readonly RunRecord[], name?: string): Result<RunRecord, Failure>;
/** Names that work: `latest`, each pipeline that has a run, each run with the latest first. */
export declare function runNames(runs: readonly RunRecord[]): readonly string[];
/** What is said where nothing has been run yet. */
export declare function noResults(): Failure;
/** What is said of a run that is in the register and nowhere else. */
export declare function folderGone(record: RunRecord): Failure;
