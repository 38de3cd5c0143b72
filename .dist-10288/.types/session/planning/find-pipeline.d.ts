import type { Failure } from '../../base/failure.js';
import { type Result } from '../../base/result.js';
/**
 * The root of the project that `folder` is in: `--root` where given, else the nearest folder upwards that holds
 * `pipelines/`.
 */
export declare function findRoot(folder: string, given?: string): Result<string, Failure>;
/**
 * The pipeline to work on, relative to the root: the file as given (relative to `folder`, else to the root), else the
 * only one in `pipelines/`, else the one that says `default: true`.
 */
export declare function findPipeline(root: string, folder: string, given?: string): Result<string, Failure>;
/** The names of the files in `pipelines/`, sorted. */
export declare function pipelinesIn(root: string): readonly string[];
/** What is said of a file that is not there, or is no pipeline. */
export declare function noPipeline(root: string, folder: string, given: string): Failure;
/** Whether a file is a pipeline by its name. */
export declare function isPipelineName(name: string): boolean;
/** Whether a target can only be meant for a file: no step has such a name, and a node has brackets or is a `STEP/PORT`. */
export declare function looksLikePath(target: string): boolean;
