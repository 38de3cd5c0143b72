import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { namesIn } from '../../../base/files/folders.js';
import type { JsonObject } from '../../../base/json.js';
import { systemErrorOf } from '../../../base/system-error.js';
import { gpuEnvironment } from '../../../engines/gpu-devices.js';
import type { KindContext } from '../../kind-body.js';
import type { Launch } from '../launch.js';

/** The file, in the folder that is kept of a program that failed, which says how it was started. */
const launchFile = '.kshot-launch.json';

/** How a program was started, without what is about its folder or only the user knows. */
export interface LaunchRecord {
  /** A list of words, or the line of a shell. */
  readonly argv: string | readonly string[];
  readonly env: { readonly [name: string]: string };
  /** Variables that it was passed from the user's own environment; their values are recorded nowhere. */
  readonly passed: readonly string[];
  /** What is in the file that KSHOT_PARAMS names; absent where there is none. */
  readonly params?: string;
}

/**
 * Says in the folder of a program that failed how it was started, if there is anything in it.
 *
 * @param env all that the program was given beside what is about its folder
 */
export function recordLaunch(
  { scratch, environment, gpus }: Pick<KindContext, 'scratch' | 'environment' | 'gpus'>,
  { argv, params }: Launch,
  { KSHOT_PARAMS: _, ...env }: { readonly [name: string]: string },
): void {
  const isPassed = (name: string) => Object.hasOwn(environment, name);
  const own = Object.entries({ ...gpuEnvironment(gpus), ...env }).filter(([name]) => !isPassed(name));
  const record: LaunchRecord = {
    argv,
    env: Object.fromEntries(own),
    passed: Object.keys(environment),
    ...(params === undefined ? {} : { params }),
  };
  try {
    if (namesIn(scratch).length > 0) writeFileSync(join(scratch, launchFile), JSON.stringify(record));
  } catch (error) {
    // What the program failed of counts, not that this cannot be written.
    if (systemErrorOf(error) === undefined) throw error;
  }
}

/** How the program was started whose folder was kept; undefined where nothing says so. */
export function readLaunch(folder: string): LaunchRecord | undefined {
  try {
    const record = JSON.parse(readFileSync(join(folder, launchFile), 'utf8')) as JsonObject;
    return record['argv'] === undefined ? undefined : (record as unknown as LaunchRecord);
  } catch (error) {
    if (systemErrorOf(error) === undefined && !(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}
