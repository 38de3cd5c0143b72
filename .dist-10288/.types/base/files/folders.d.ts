import type { Failure } from '../failure.js';
/** Makes a folder and those above it, and makes them last. */
export declare function makeFolder(folder: string): void;
/**
 * What stands where a folder is wanted: a file, or a link that leads to no folder; undefined where nothing is there
 * yet, or the folder.
 */
export declare function folderObstacle(folder: string): Failure | undefined;
/** Names in a folder, sorted; none where there is no such folder. */
export declare function namesIn(folder: string): string[];
