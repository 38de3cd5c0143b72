export interface Measured {
    readonly bytes: number;
    /** Milliseconds since 1970, the latest of all files and folders within. */
    readonly lastTouched: number;
}
/** The size of a file, or of all files in a folder; nothing where there is neither. */
export declare function measureFiles(path: string): Measured;
