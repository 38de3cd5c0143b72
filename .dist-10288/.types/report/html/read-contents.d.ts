import type { Manifest, Report } from '../../artifacts/run-documents.js';
import type { RunContents } from './report-model.js';
/**
 * What a page shows, from a run's folder whose files have been verified.
 *
 * @throws FailureError `object-corrupt` where a file holds something else than kshot wrote
 */
export declare function readContents(folder: string, report: Report, manifest: Manifest): Promise<RunContents>;
