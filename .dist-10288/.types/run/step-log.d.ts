/** The text of a log, with lines that have not ended as lines. */
export declare function withOpenLines(text: string): string;
/** The file name of a node's log. */
export declare function logFileName(node: string): string;
/** A node's name among files: its id where every character is safe in a file name, else with a digest. */
export declare function nodeFileName(node: string): string;
/**
 * Appends to a step's log: what the step says, and kshot's own notes of its execution. Where the disk refuses, as
 * when it is full, the log ends there: outputs that find no place fail the step, a line must not. A log that grows over
 * 12 MiB keeps its first and its last 4 MiB.
 */
export declare class StepLog {
    readonly file: string;
    private readonly kept;
    private descriptor;
    /** Bytes written since the file's size was last asked for. */
    private unmeasured;
    /** The lines at the log's end that have none, and where they end. */
    private open;
    /** @param kept how many bytes of the beginning and of the end of a log are kept that is over three times as long */
    constructor(file: string, kept?: number);
    write(text: string | Uint8Array): void;
    /**
     * Adds lines, and after them those that are open: they stand at the end of the log, without an end, until they are
     * given anew. Nothing is written where nothing has changed.
     */
    print(ended: readonly string[], open?: readonly string[]): void;
    /** Adds lines of kshot's own, which are none of the step's last lines. */
    note(text: string): void;
    close(): void;
    /** False where something else has been written after what was open, which then stays. */
    private takeBackOpen;
    private append;
}
/** From where a log that has become shorter than what was read of it is to be read on. */
export declare function cutPlace(descriptor: number): number;
/** The last lines that a step wrote to its log, at most `count`; none where there is no such file. */
export declare function lastLinesOf(file: string, count?: number): readonly string[];
/** The last lines of a log, kshot's own notes too, as far as they are in its last 16 kB. */
export declare function tailOf(file: string): readonly string[];
