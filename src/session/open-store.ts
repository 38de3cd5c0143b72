import type { Failure } from '../base/failure.js';
import { failed, type Result, success } from '../base/result.js';
import { chooseCacheFolder } from '../pipeline/choose-cache.js';
import { chooseRemote } from '../pipeline/choose-remote.js';
import { openCache, openCacheWithRemote } from '../store/open-cache.js';
import type { RemoteCache } from '../store/remote/remote-address.js';
import type { RemoteStore } from '../store/remote/remote-store.js';
import type { Store } from '../store/store.js';

/** The cache of a project on this machine, alone. */
export async function openLocalStore(root: string): Promise<Result<Store, Failure[]>> {
  const folder = await chooseCacheFolder(root);
  return folder.ok ? success(await openCache(folder.value)) : folder;
}

/** The store of a project, with the remote cache behind it that kshot.yaml names. */
export async function openProjectStore(root: string): Promise<Result<Store, Failure[]>> {
  const remote = await chooseRemote(root);
  if (!remote.ok) return remote;
  const folder = await chooseCacheFolder(root);
  if (!folder.ok) return folder;
  const { value } = remote;
  return success(
    value === undefined ? await openCache(folder.value) : await openCacheWithRemote(folder.value, value),
  );
}

/** The same for what is done with the remote cache itself; fails where the project has none. */
export async function openRemoteOf(
  root: string,
): Promise<Result<{ readonly store: RemoteStore; readonly remote: RemoteCache }, Failure[]>> {
  const remote = await chooseRemote(root);
  if (!remote.ok) return remote;
  const folder = await chooseCacheFolder(root);
  if (!folder.ok) return folder;
  const { value } = remote;
  if (value !== undefined) {
    return success({ store: await openCacheWithRemote(folder.value, value), remote: value });
  }
  return failed([
    {
      reason: 'usage',
      message:
        process.env['KSHOT_REMOTE'] === 'off' ? 'KSHOT_REMOTE is off' : 'the project has no remote cache',
      hint: 'kshot.yaml names one: cache: { remote: { url: https://cache.example.org/kshot } }',
    },
  ]);
}
