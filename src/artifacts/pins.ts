import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeFile } from '../base/files/write-file.js';
import { identityOf, type RunRecord, runFolderOf } from './register.js';

const fileName = 'pinned';

/** Whether `gc` keeps what the run reaches however many came after it. A pin is a file in the run's folder. */
export function isPinned(root: string, record: Pick<RunRecord, 'pipeline' | 'run'>): boolean {
  return hasPin(runFolderOf(root, identityOf(record)));
}

/** The same of a run's folder. */
export function hasPin(folder: string): boolean {
  return existsSync(join(folder, fileName));
}

/** Pins a run whose folder is there. */
export function pinRun(root: string, record: Pick<RunRecord, 'pipeline' | 'run'>): void {
  writeFile(join(runFolderOf(root, identityOf(record)), fileName), '');
}

/** Takes a pin away; nothing where there is none. */
export function unpinRun(root: string, record: Pick<RunRecord, 'pipeline' | 'run'>): void {
  rmSync(join(runFolderOf(root, identityOf(record)), fileName), { force: true });
}
