/** What a call of the system failed with. */
export interface SystemError {
    /** The error's name in C, such as ENOSPC. */
    readonly code: string;
    /** The file of the call, where one is known; of a call with two files, the one that was to be. */
    readonly file?: string;
    /** The call, where it is known. */
    readonly call?: string;
}
/** The error of the system that an exception of Node or DuckDB stands for; undefined where it is none. */
export declare function systemErrorOf(error: unknown): SystemError | undefined;
/**
 * Whether an error tells of a disk, or a system, that is full or failing, whatever file was asked for: such an error
 * says nothing against the file.
 */
export declare function isExhaustion({ code }: SystemError): boolean;
/** Has the errors of an action's calls name this file, as those on a descriptor do not by themselves. */
export declare function namingFile<Value>(path: string, action: () => Value): Value;
/** As `namingFile`, for an action that takes its time. */
export declare function namingFileOf<Value>(path: string, action: () => Promise<Value>): Promise<Value>;
