import { type Failure } from '../base/failure.js';
import type { ObjectReference } from '../store/entry.js';
import { type RunRecord } from './register.js';
/** A file of a run with what the run recorded of it. */
export interface RecordedFile extends ObjectReference {
    /** Absolute. */
    readonly path: string;
}
/** The files of a run as it recorded them, whose names relative to its folder start so. */
export declare function recordedFiles(root: string, record: RunRecord, prefix?: string): readonly RecordedFile[];
/** What is wrong with the folder of a run: its files, and whether its own record says what the register does. */
export declare function spoiltFilesOfRun(root: string, record: RunRecord): Promise<readonly Failure[]>;
/** One failure for each file that is missing or does not hold the bytes that were recorded. */
export declare function spoiltFiles(files: readonly RecordedFile[]): Promise<readonly Failure[]>;
/**
 * Verifies files of runs before a number is read from them.
 *
 * @throws FailureError `object-corrupt` that names all that are missing or changed
 */
export declare function verifyRecordedFiles(files: readonly RecordedFile[]): Promise<void>;
