import { type Stats } from 'node:fs';
import type { Failure } from '../failure.js';
import { type Result } from '../result.js';
/** Why a path leads to nothing that can be read, by a fault of the path itself. */
export type PathTrouble = 'absent' | 'below-a-file' | 'link-loop' | 'name-too-long' | 'nul-byte' | 'not-allowed';
/**
 * What a path that somebody wrote leads to, links followed.
 *
 * @throws the file system's error where the path is not at fault, such as a failing disk.
 */
export declare function lookAtPath(path: string): Result<Stats, PathTrouble>;
/** The names in a folder that somebody wrote. */
export declare function namesInFolder(path: string): Result<readonly string[], PathTrouble>;
/** Whether a path that somebody wrote leads to a file. */
export declare function isFileAt(path: string): boolean;
/** Whether a path that somebody wrote leads to a folder. */
export declare function isFolderAt(path: string): boolean;
/** The trouble that an error of the file system stands for; undefined where the path is not at fault. */
export declare function pathTrouble(error: unknown): PathTrouble | undefined;
/** What is said of a file that cannot be read for such a reason. */
export declare function pathFailure(path: string, trouble: PathTrouble): Failure;
/** Why a path cannot be given to a new file, in words that follow the path; undefined where it can. */
export declare function unfitForNewFile(path: string): string | undefined;
/** The path, cut in its middle where it would fill a screen. */
export declare function shortPath(path: string): string;
