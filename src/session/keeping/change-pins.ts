import { existsSync } from 'node:fs';
import { findRunAmong, folderGone } from '../../artifacts/find-run.js';
import { isPinned, pinRun, unpinRun } from '../../artifacts/pins.js';
import { identityOf, type RunRecord, readRegister, runFolderOf } from '../../artifacts/register.js';
import type { Failure } from '../../base/failure.js';
import { failed, type Result, success } from '../../base/result.js';

/** The runs to pin, and those whose pins go. */
export interface PinChange {
  readonly pin?: readonly string[];
  readonly unpin?: readonly string[];
}

/** Pins runs, so that garbage collection keeps what they reach, or takes pins away: all or none. Answers which are pinned. */
export async function changePins(
  root: string,
  { pin = [], unpin = [] }: PinChange,
): Promise<Result<readonly string[], Failure[]>> {
  const { runs } = readRegister(root);
  const failures: Failure[] = [];
  const named = (names: readonly string[]) =>
    names.flatMap((name): readonly RunRecord[] => {
      const found = findRunAmong(root, runs, name);
      const failure = found.ok ? goneFolder(root, found.value) : found.failure;
      if (failure !== undefined) failures.push(failure);
      return found.ok ? [found.value] : [];
    });
  const [pinned, unpinned] = [named(pin), named(unpin)];
  if (failures.length > 0) return failed(failures);
  for (const record of pinned) pinRun(root, record);
  for (const record of unpinned) unpinRun(root, record);
  return success(runs.filter((record) => isPinned(root, record)).map(identityOf));
}

function goneFolder(root: string, record: RunRecord): Failure | undefined {
  return existsSync(runFolderOf(root, identityOf(record))) ? undefined : folderGone(record);
}
