import { openStore } from './local/open-store.js';
import type { RemoteCache } from './remote/remote-address.js';
import type { RemoteStore } from './remote/remote-store.js';
import type { Store } from './store.js';

/** The store of a project on this machine, in the folder of its cache. */
export async function openCache(folder: string): Promise<Store> {
  return await openStore(folder);
}

/**
 * The store of a project with a remote one behind it. Nothing is asked of that before something is looked for.
 *
 * @throws FailureError where the credentials of the environment cannot be sent
 */
export async function openCacheWithRemote(folder: string, remote: RemoteCache): Promise<RemoteStore> {
  const [{ openRemoteStore }, { RemoteClient }] = await Promise.all([
    import('./remote/remote-store.js'),
    import('./remote/remote-client.js'),
  ]);
  const client = await RemoteClient.open(remote.url, process.env);
  return openRemoteStore(await openStore(folder), client, remote);
}
