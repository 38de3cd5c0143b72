import type { Failure } from '../base/failure.js';
import { failed, type Result, success } from '../base/result.js';
import { chooseRemote } from '../pipeline/choose-remote.js';
import { openCache, openCacheWithRemote } from '../store/open-cache.js';
import type { RemoteCache } from '../store/remote/remote-address.js';
import type { RemoteStore } from '../store/remote/remote-store.js';
import type { Store } from '../store/store.js';

/** The store of a project, with the remote cache behind it that kshot.yaml names. */
export async function openProjectStore(root: string): Promise<Result<Store, Failure[]>> {
  const remote = await chooseRemote(root);
  if (!remote.ok) return remote;
  const { value } = remote;
  return success(value === undefined ? await openCache(root) : await openCacheWithRemote(root, value));
}

/** The same for what is done with the remote cache itself; fails where the project has none. */
export async function openRemoteOf(
  root: string,
): Promise<Result<{ readonly store: RemoteStore; readonly remote: RemoteCache }, Failure[]>> {
  const remote = await chooseRemote(root);
  if (!remote.ok) return remote;
  const { value } = remote;
  if (value !== undefined) {
    return success({ store: await openCacheWithRemote(root, value), remote: value });
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
