/** A path that something may be published at, or why not. */
export type CheckedPath = {
    readonly path: string;
} | {
    readonly message: string;
    readonly hint?: string;
};
/**
 * A path below the root as it is, without `.` and `..`; what is wrong with one that leads elsewhere, by a link too,
 * or onto what kshot keeps or reads.
 *
 * @param sources files and folders that the pipeline reads, and patterns that choose some, relative to the root or absolute
 */
export declare function checkPublishedPath(root: string, text: string, sources: {
    readonly read: readonly string[];
    readonly patterns: readonly string[];
}): CheckedPath;
