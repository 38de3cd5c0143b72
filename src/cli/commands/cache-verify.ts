import { formatBytes, formatCount } from '../../base/quantities.js';
import { projectOf } from '../open-project.js';
import { type CommonOptions, openTerminal } from '../terminal.js';

/**
 * `kshot cache verify`: reads every byte of the cache and sets aside what is bad, and checks the files of runs; exit 1
 * where something is bad.
 */
export async function cacheVerify(options: CommonOptions): Promise<number> {
  const terminal = openTerminal(options);
  const project = await projectOf(options);
  if (!project.ok) return terminal.fail(project.failure);
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
