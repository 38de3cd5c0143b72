/** The files that a path stands for, and what people should know of how they were chosen. */
export interface InputParts {
    readonly files: readonly string[];
    /** What chose them, where the path is not that of one file. */
    readonly pattern?: string;
    /** Why there are none. */
    readonly lack?: string;
    readonly remarks: readonly string[];
}
/**
 * The files that a path stands for: itself, the files of a folder, or those that a pattern matches (`*` and `?` within
 * a name, `**` for folders at any depth), sorted by name; hidden ones and those that begin with `_`, which programs
 * leave beside their parts, are none. A path without wildcards that leads nowhere is given back as it is. A file to which several
 * names lead by links is one, and stands under its own name where that is among them, else under the first.
 *
 * @param path relative to `root`, or absolute; the parts are given in the same way
 */
export declare function partsOf(path: string, root: string): InputParts;
/**
 * Whether a file at this path would be one of a pattern's.
 *
 * @param path absolute; `*` in it stands for what is not known yet
 * @param pattern relative to `root`, or absolute
 */
export declare function mayMatch(path: string, pattern: string, root: string): boolean;
