import { cacheFolder } from './cache-folder.js';
import { openStore } from './local/open-store.js';
import type { Store } from './store.js';

/** The store of a project, whichever that is. */
export async function openCache(root: string): Promise<Store> {
  return await openStore(cacheFolder(root));
}
