import { type RunRecord } from './register.js';
/** A run that has no record: it is under way, or was killed. */
export interface UnfinishedRun {
    /** `<pipeline>/<run>` */
    readonly run: string;
    /** Absolute. */
    readonly folder: string;
}
/** A log of such a run, and what its first line tells. */
export interface UnfinishedLog {
    readonly node: string;
    /** UTC, ISO 8601. */
    readonly startedAt: string;
    /** Absolute. */
    readonly file: string;
}
/** The runs without a record, the latest first. */
export declare function unfinishedRuns(root: string, runs: readonly RunRecord[]): readonly UnfinishedRun[];
/** Whether the run of a folder has written its record by now. */
export declare function hasEnded(folder: string): boolean;
/** The logs of a step, or of one node, in the order of their starts. */
export declare function unfinishedLogs({ folder }: UnfinishedRun, step: string): readonly UnfinishedLog[];
