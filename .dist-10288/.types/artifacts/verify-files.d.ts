import type { Store } from '../store/store.js';
import type { ResultFile } from './result-rows.js';
/** Verifies objects; the failure names the nodes that gave bad ones. */
export declare function verifyFiles(files: readonly ResultFile[], store: Pick<Store, 'verify'>): Promise<void>;
