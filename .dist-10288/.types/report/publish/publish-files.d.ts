import type { FinishedRun } from '../../artifacts/finished-run.js';
import type { RunFolder } from '../../artifacts/run-folder.js';
import { type Failure } from '../../base/failure.js';
import type { Store } from '../../store/store.js';
import { type PublishedFile } from './published-history.js';
/** What a run published, and what it could not. */
export interface PublishedFiles {
    readonly files: readonly PublishedFile[];
    /** One for each file that was kept because kshot did not write it. */
    readonly warnings: readonly Failure[];
    readonly failures: readonly Failure[];
}
/**
 * Brings the files that a pipeline publishes up to date, each whole or not at all: what a step gave and what is in the
 * run's folder, as far as it is there. A file whose bytes no run published is the user's, and kept.
 *
 * The digests are in the run's `published.json` before the first file is touched, so that a run that was killed
 * leaves nothing that a later one takes for the user's.
 */
export declare function publishFiles(root: string, finished: FinishedRun, folder: RunFolder, store: Pick<Store, 'verify' | 'objectPath'>): Promise<PublishedFiles>;
