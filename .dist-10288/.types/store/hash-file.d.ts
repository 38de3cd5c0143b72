import type { ObjectReference } from './entry.js';
/**
 * sha256 and size of a file's bytes, in bounded memory.
 *
 * @throws the file system's error.
 */
export declare function hashFile(path: string): Promise<ObjectReference>;
