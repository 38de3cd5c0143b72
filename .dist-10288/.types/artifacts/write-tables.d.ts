import type { Store } from '../store/store.js';
import { type Row } from '../tables/database.js';
import type { FinishedRun } from './finished-run.js';
import { type shownTables } from './result-rows.js';
/** The rows of the tables that figures are shown from, in the tables' order. */
export type ShownRows = {
    readonly [table in (typeof shownTables)[number]]: readonly Row[];
};
/**
 * Writes all result tables of a run into a folder, empty ones too, and returns the rows of those that are shown.
 * Every object is verified before it is read.
 *
 * @param run the run's identity, `<pipeline>/<tag>`
 * @throws FailureError `object-corrupt` where an object is not what its name says
 */
export declare function writeTables(finished: FinishedRun, run: string, store: Pick<Store, 'verify' | 'objectPath'>, folder: string): Promise<ShownRows>;
