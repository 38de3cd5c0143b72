import type { Manifest, Report } from '../../artifacts/run-documents.js';
import type { ObjectReference } from '../../store/entry.js';
/** The page in a run's folder. */
export declare const pageName = "report.html";
/** Whether a file of a run's folder is of its page, and so made from the others. */
export declare function isOfPage(name: string): boolean;
/**
 * Writes report.html and its figures into a run's folder, whose documents and tables must be there and verified.
 * What draws figures is loaded only where there are some, and all is drawn before an earlier page is touched.
 *
 * @param others what else the run wrote, by the names in its folder; what users put there is no part of the page
 */
export declare function writePage(folder: string, report: Report, manifest: Manifest, others: {
    readonly [name: string]: ObjectReference;
}): Promise<void>;
