/**
 * The environment variable that every program of a step is given: the step's folder. What a program starts inherits
 * it, be it in a process group of its own, so that it is found again.
 */
export declare const stepFolderVariable = "KSHOT_STEP_FOLDER";
/** A process of the system. */
export interface SystemProcess {
    readonly processId: number;
    /** What it runs, at most 15 characters. */
    readonly name: string;
}
/** What became of the processes that a step left running. */
export interface EndedProcesses {
    readonly ended: readonly SystemProcess[];
    /** Those that were not ended: they did not end, or have no mark, and may be somebody's who looks at the folder. */
    readonly left: readonly SystemProcess[];
}
/** Kills every process with the mark of a step's folder, at once. Only Linux tells of them. */
export declare function killProcessesOf(folder: string): void;
/** A program of a step, which has ended. */
export interface EndedProgram {
    readonly processId: number;
    /** When it was started, by `performance.now()`. */
    readonly startedAt: number;
}
/**
 * Ends every process with the mark of a step's folder that `program` or what it started has left: asks each to, and
 * kills those that have not ended after a while. Only Linux tells of them; elsewhere there are none.
 */
export declare function endProcessesOf(folder: string, program: EndedProgram, graceMilliseconds: number): Promise<EndedProcesses>;
