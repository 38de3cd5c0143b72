/** Whether the path of an output is that of a folder: it ends in a slash. */
export declare function isFolder(path: string): boolean;
