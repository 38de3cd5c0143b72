/**
 * Writes a file anew. Not atomic: for files in a folder that nobody reads before it is complete.
 *
 * @throws the file system's error, which names the file
 */
export declare function writeFile(path: string, data: string | Uint8Array): void;
