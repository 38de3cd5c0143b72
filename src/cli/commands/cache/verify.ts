import { formatBytes, formatCount } from '../../../base/quantities.js';
import type { Project } from '../../../session/project.js';
import { projectOf } from '../../open-project.js';
import { type CommonOptions, openTerminal, type Terminal } from '../../terminal.js';

export interface CacheVerifyOptions extends CommonOptions {
  readonly remote?: boolean;
}

/**
 * `kshot cache verify`: reads every byte of the cache and sets aside what is bad, and checks the files of runs; exit 1
 * where something is bad.
 */
export async function cacheVerify(options: CacheVerifyOptions): Promise<number> {
  const terminal = openTerminal(options);
  const project = await projectOf(options);
  if (!project.ok) return terminal.fail(project.failure);
  if (options.remote === true) return await verifyRemote(project.value, terminal);
  const checked = await project.value.checkCache();
  if (!checked.ok) return terminal.fail(checked.failure);
  const { entries, objects, bytes, runs } = checked.value;
  if (terminal.json) terminal.document({ entries, objects, bytes, runs, bad: 0 });
  else {
    terminal.show(
      `${formatCount(entries, 'result')}, ${formatCount(objects, 'object')} of ${formatBytes(bytes)}, ${formatCount(runs, 'run')}: all good`,
    );
  }
  return 0;
}

async function verifyRemote(project: Project, terminal: Terminal): Promise<number> {
  const checked = await project.checkRemote();
  if (!checked.ok) return terminal.fail(checked.failure);
  const { url, entries, objects, bytes, absent } = checked.value;
  if (terminal.json) terminal.document({ url, entries, objects, bytes, absent, bad: 0 });
  else {
    const others = absent === 0 ? '' : `; ${formatCount(absent, 'result')} known here not there`;
    terminal.show(
      `${url}: ${formatCount(entries, 'result')}, ${formatCount(objects, 'object')} of ${formatBytes(bytes)}: all good${others}`,
    );
  }
  return 0;
}
