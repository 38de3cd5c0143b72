import { join } from 'node:path';
import type { Failure } from '../../base/failure.js';
import { lookAtPath } from '../../base/files/user-path.js';
import { failed, type Result, success } from '../../base/result.js';
import type { RemoteCache } from '../../store/remote/remote-address.js';
import { expectText, refuseUnknownKeys } from './fields.js';
import type { LocatedValue } from './located-value.js';
import { readMapFile } from './read-pipeline.js';
import { readRemoteSettings } from './remote-settings.js';

/** The file at a project's root that says where its steps run. */
export const settingsFile = 'kshot.yaml';

/** What it says. */
export interface ProjectSettings {
  /** The interpreter of steps in Python and of the engine torch, as written, and where. */
  readonly python?: { readonly text: string; readonly place: LocatedValue };
  /** What stands behind this machine's cache. */
  readonly remote?: RemoteCache;
}

/** Reads the settings of a project; none where it has no such file. */
export function readProjectSettings(root: string): Result<ProjectSettings, Failure[]> {
  const path = join(root, settingsFile);
  const look = lookAtPath(path);
  if (!look.ok && look.failure === 'absent') return success({});
  const read = readMapFile(root, path, { what: settingsFile, hint: 'such as python: .venv' });
  if (!read.ok) return read;
  const failures: Failure[] = [];
  const report = (failure: Failure) => void failures.push(failure);
  refuseUnknownKeys(read.value, ['python', 'cache'], report);
  const place = read.value.entries.get('python')?.value;
  const text = place && expectText(place, 'python', report);
  const remote = readRemoteSettings(read.value.entries.get('cache'), report);
  if (failures.length > 0) return failed(failures);
  return success({
    ...(place === undefined || text === undefined ? {} : { python: { text, place } }),
    ...(remote === undefined ? {} : { remote }),
  });
}
