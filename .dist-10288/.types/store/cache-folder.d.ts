/** The folder of a project's cache. */
export declare function cacheFolder(root: string): string;
