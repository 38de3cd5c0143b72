import type { Store } from '../store.js';
import type { CacheHold } from '../upkeep.js';
import { type Layout } from './layout.js';
/**
 * Says for as long as this process lives, or until `close`, that a run uses the cache; waits for a collection that is
 * under way. Where the cache cannot be written nothing is said: nothing will be computed there either.
 */
export declare function holdCache(layout: Layout): Promise<CacheHold>;
/** Whether any run uses the cache. */
export declare function isHeld(store: Pick<Store, 'folder'>): boolean;
/** Whether the name of a lock is that of a hold. */
export declare function isHold(name: string): boolean;
