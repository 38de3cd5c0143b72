/**
 * What a run's signal is aborted with where the run is to be recorded as ended by a signal of the system. Whatever
 * else it is aborted with counts as an interrupt.
 */
export declare class Interrupted extends Error {
    /** What the run is recorded to have ended with: 130 for an interrupt, 143 where it was terminated. */
    readonly exitCode: number;
    constructor(exitCode: number);
}
/** The exit code that a signal stands for: 0 as long as it is not aborted. */
export declare function exitCodeOfSignal({ aborted, reason }: AbortSignal): number;
