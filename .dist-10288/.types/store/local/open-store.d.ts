import type { Store } from '../store.js';
/**
 * Opens the cache in `folder`. Nothing is written before something is claimed or stored, so a cache that is not
 * there yet or may not be written can be opened and planned against. Throws a `FailureError` (`cache-unwritable`)
 * where something else than a folder is in its place.
 *
 * `claim`, `claimDevice` and `putText` throw a `FailureError` (`disk`, `cache-unwritable`) where the environment refuses.
 */
export declare function openStore(folder: string): Promise<Store>;
