import type { Failure } from '../base/failure.js';
import { failed, type Result, success } from '../base/result.js';
import { checkRemoteUrl, type RemoteCache } from '../store/remote/remote-address.js';
import { readProjectSettings } from './project-settings.js';
import { failureAt } from './text/located-value.js';

/** Says for one process what it does with the remote cache that kshot.yaml names. */
const variable = 'KSHOT_REMOTE';

/** The remote cache of a project, by kshot.yaml and, before it, KSHOT_REMOTE; undefined where there is none to be used. */
export async function chooseRemote(root: string): Promise<Result<RemoteCache | undefined, Failure[]>> {
  const asked = process.env[variable] ?? '';
  if (!['', 'off', 'read', 'read_write'].includes(asked)) {
    return failed([
      { reason: 'usage', message: `${variable} is ${asked}`, hint: 'it says off, read or read_write' },
    ]);
  }
  if (asked === 'off') return success(undefined);
  const read = await readProjectSettings(root);
  if (!read.ok) return read;
  const { settings, placeOf } = read.value;
  const remote = settings.cache?.remote;
  if (remote === undefined) return success(undefined);
  const url = checkRemoteUrl(remote.url);
  if (!url.ok) {
    const { message, hint } = url.failure;
    return failed([failureAt(placeOf('cache', 'remote', 'url'), 'invalid-value', message, { hint })]);
  }
  const mode = asked === 'read' || asked === 'read_write' ? asked : (remote.mode ?? 'read');
  return success({ url: url.value, mode });
}
