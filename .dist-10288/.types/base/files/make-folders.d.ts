/**
 * Makes a folder and those above it; gives the first that was not there, or undefined.
 *
 * @throws the file system's error. Node's own way takes errors that it does not know, such as a quota's, for a folder
 *   that is not there; then the folder is asked for by itself.
 */
export declare function makeFolders(folder: string): string | undefined;
