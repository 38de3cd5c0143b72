import type { FinishedRun } from '../artifacts/finished-run.js';
import { type Report } from '../artifacts/run-documents.js';
import type { RunFolder } from '../artifacts/run-folder.js';
import type { Failure } from '../base/failure.js';
import type { Store } from '../store/store.js';
/** A run's report, and what kept its page from being written. */
export interface WrittenReport {
    readonly report: Report;
    /** Of report.html and its figures; the rest is there and the run is registered. */
    readonly pageFailure?: Failure;
}
/**
 * Writes a finished run's documents and tables into its folder, report.html with them, and registers it, also where
 * it failed.
 *
 * A run that executed nothing, with the results of an earlier run of its pipeline, points at that one's tables and
 * page; DuckDB is not even loaded then.
 *
 * @throws FailureError `object-corrupt` where a number would come from bytes that are not what was stored; the run
 *   is registered all the same, without tables
 */
export declare function writeReport(root: string, finished: FinishedRun, folder: RunFolder, store: Pick<Store, 'verify' | 'objectPath'>): Promise<WrittenReport>;
