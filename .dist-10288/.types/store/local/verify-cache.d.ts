import type { CacheReport } from '../upkeep.js';
import { type Layout } from './layout.js';
import type { Objects } from './objects.js';
/** Reads every byte of the cache and sets aside what is not what it should be. */
export declare function verifyCache(layout: Layout, blobs: Pick<Objects, 'verify' | 'hasOutputs'>): Promise<CacheReport>;
