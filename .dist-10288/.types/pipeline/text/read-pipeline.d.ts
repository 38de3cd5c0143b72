import type { Failure } from '../../base/failure.js';
import { type Result } from '../../base/result.js';
import { type LocatedMap } from './located-value.js';
/**
 * Reads a pipeline file with all that it extends merged below it: maps merge key by key, anything else is replaced,
 * `null` removes what the extended file has. Every location names the file it stands in.
 */
export declare function readPipeline(root: string, path: string): Result<LocatedMap, Failure[]>;
/** Relative to the root where it is inside. */
export declare function displayPath(root: string, path: string): string;
