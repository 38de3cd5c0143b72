import type { Failure } from '../../base/failure.js';
import { type PathTrouble } from '../../base/files/user-path.js';
/** What is said of a path in a pipeline that leads to no file. */
export declare function unreadableFile(root: string, path: string, trouble: PathTrouble): Failure;
/** The failure to read a file, with the file that its path most likely stands for, if it is not there. */
export declare function withNearestFile(root: string, path: string, failure: Failure): Failure;
