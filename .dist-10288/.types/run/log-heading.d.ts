/** What the first line of a node's log tells. */
export interface LogHeading {
    readonly node: string;
    readonly kind: string;
    /** UTC, ISO 8601. */
    readonly startedAt: string;
}
/** The first note of a node's log; `rest` says what else a reader may want to know. */
export declare function logHeading({ node, kind, startedAt }: LogHeading, rest: string): string;
/** Undefined of a log that has not got its first line yet. */
export declare function parseLogHeading(text: string): LogHeading | undefined;
/** The last note of a node's log; `how` says what became of the node. */
export declare function logEnding(endedAt: string, seconds: number, how: string): string;
/** Whether the last line of a text is such a note, whole. */
export declare function hasLogEnding(text: string): boolean;
