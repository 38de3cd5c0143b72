import type { Digest } from '../base/canonical.js';
import type { Outcome } from '../run/event.js';
import type { ObjectReference } from '../store/entry.js';
/** What is remembered of a run: `record.json` in its folder, and a line of `artifacts/meta.json`. */
export interface RunRecord {
    readonly version: 1;
    readonly run: string;
    readonly pipeline: string;
    /** The pipeline's file. */
    readonly file: string;
    /** UTC, ISO 8601. */
    readonly started_at: string;
    readonly seconds: number;
    readonly exit_code: number;
    readonly counts: {
        readonly [outcome in Outcome]: number;
    };
    /** `<pipeline>/<run>` of the run that holds the tables: this one, or an earlier one with the same results. */
    readonly tables: string;
    /** Equal for runs whose tables say the same. */
    readonly signature: Digest;
    /** The nodes that were evaluated on test data: which data, under which key. */
    readonly test_evaluations: readonly {
        readonly test_set: Digest;
        readonly key: Digest;
    }[];
    /** The documents and tables in the run's folder, by their names in it: numbers are shown from these bytes only. */
    readonly files: {
        readonly [name: string]: ObjectReference;
    };
}
/** `artifacts/meta.json`. */
export interface Register {
    readonly version: 1;
    /** In the order of their starts. */
    readonly runs: readonly RunRecord[];
    /** For each test set ever used: the distinct keys evaluated on it, and how many they are. */
    readonly test_sets: {
        readonly [digest: Digest]: {
            readonly evaluations: number;
            readonly keys: readonly Digest[];
        };
    };
}
/**
 * The register of all runs of a project; empty where there is none. One that is gone, or that somebody has edited
 * into nonsense, is made again from the records in the folders of runs.
 *
 * @throws FailureError `object-corrupt` where such a record is needed and spoilt
 */
export declare function readRegister(root: string): Register;
/** Whether there is a register that is not what kshot wrote. */
export declare function isRegisterSpoilt(root: string): boolean;
/**
 * Writes a run's record into its folder and makes `artifacts/meta.json` tell it.
 *
 * meta.json is the union of what it held and of all records on disk, written until what is on disk holds every
 * record there is. So no lock is needed: of two runs that end at once the one that writes last finds the other's
 * record.
 */
export declare function registerRun(root: string, record: RunRecord): Register;
/**
 * Writes the record of a known run anew, after files of its folder were made again, and makes `artifacts/meta.json`
 * tell it. Another run that ends in the same instant may write the old one over it there; then `cache verify` says
 * so, and writing it once more mends it.
 */
export declare function replaceRecord(root: string, record: RunRecord): void;
/** `<pipeline>/<run>`: names a run in a project. */
export declare function identityOf(record: Pick<RunRecord, 'pipeline' | 'run'>): string;
/** A run's folder, absolute. */
export declare function runFolderOf(root: string, identity: string): string;
/** `record.json` as it is written. */
export declare function recordText(record: RunRecord): string;
