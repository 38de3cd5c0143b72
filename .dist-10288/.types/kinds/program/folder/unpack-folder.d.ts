/** Whether a file is what `packFolder` makes. */
export declare function isPackedFolder(path: string): Promise<boolean>;
/**
 * Lays the contents of a packed folder out.
 *
 * @param target must not be there yet
 * @param isToKeep its files may be written to, and are on disk when this returns; else they are to be read only
 * @throws FailureError `bad-data` where the archive is damaged
 */
export declare function unpackFolder(archive: string, target: string, isToKeep?: boolean): Promise<void>;
