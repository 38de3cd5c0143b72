import { type LocatedEntry, type LocatedValue, type ReportFailure } from '../text/located-value.js';
/** What a step asks of the machine, as far as it says; in no key. */
export interface ResourcesSpec {
    readonly cpus?: number;
    readonly memoryBytes?: number;
    readonly gpus?: number;
    /** After how long a node is ended. */
    readonly timeSeconds?: number;
}
/** Reads `resources: { cpus: 2, memory: 4 GiB, gpus: 1, time: 2 h }`. */
export declare function readResources(field: LocatedEntry | undefined, report: ReportFailure): ResourcesSpec;
/** A whole number of things, at least `least`; undefined where it is none, which is reported. */
export declare function readCount(value: LocatedValue, name: string, report: ReportFailure, least?: number): number | undefined;
