import type { Failure } from '../base/failure.js';
import { failed, type Result, success } from '../base/result.js';
import type { RemoteCache } from '../store/remote/remote-address.js';
import { readProjectSettings } from './text/project-settings.js';

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
  const settings = readProjectSettings(root);
  if (!settings.ok) return settings;
  const { remote } = settings.value;
  if (remote === undefined || asked === '') return success(remote);
  return success({ ...remote, mode: asked === 'read' ? 'read' : 'read_write' });
}
