import { existsSync } from 'node:fs';
import { findRunAmong, folderGone } from '../../artifacts/find-run.js';
import { isPinned, pinRun, unpinRun } from '../../artifacts/pins.js';
import { identityOf, type RunRecord, readRegister, runFolderOf } from '../../artifacts/register.js';
import type { Failure } from '../../base/failure.js';
import { findRoot } from '../../session/find-pipeline.js';
import { type CommonOptions, openTerminal } from '../terminal.js';

export interface PinOptions extends CommonOptions {
  readonly remove?: boolean;
}

/** `kshot pin [RUN...]`: pins runs, so that `gc` keeps what they reach, or takes the pins away; lists those there are. */
export async function pin(options: PinOptions, names: readonly string[]): Promise<number> {
  const terminal = openTerminal(options);
  const root = findRoot(process.cwd(), options.root);
  if (!root.ok) return terminal.fail([root.failure]);
  const remove = options.remove === true;
  if (remove && names.length === 0) {
    return terminal.fail([
      { reason: 'usage', message: '--remove needs a run', hint: 'kshot pin lists the runs that are pinned' },
    ]);
  }
  const { runs } = readRegister(root.value);
  const failures: Failure[] = [];
  const found: RunRecord[] = [];
  for (const name of names) {
    const record = findRunAmong(root.value, runs, name);
    if (!record.ok) failures.push(record.failure);
    else if (!existsSync(runFolderOf(root.value, identityOf(record.value))))
      failures.push(folderGone(record.value));
    else found.push(record.value);
  }
  // All or none.
  if (failures.length > 0) return terminal.fail(failures);
  for (const record of found) (remove ? unpinRun : pinRun)(root.value, record);
  const pinned = runs.filter((record) => isPinned(root.value, record)).map(identityOf);
  if (terminal.json) terminal.document({ pinned });
  else if (pinned.length === 0) terminal.say('no run is pinned');
  else terminal.data(pinned.map((run) => `${run}\n`).join(''));
  return 0;
}
