import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { syncFolder, writeFileAtomic } from '../../base/files/atomic-file.js';
import { namesIn } from '../../base/files/folders.js';
import {
  identityOf,
  type Register,
  type RunRecord,
  readRegister,
  recordText,
  runFolderOf,
  runNamesOf,
  syncRegister,
} from '../register.js';
import { shareWithDependants } from './shared-results.js';

/** No tag begins with a dot, so what bears such a name is no run. */
const removedPrefix = '.removed-';

/**
 * Removes a run that is not under way: its folder, and its line of the register, whose counts of evaluations on test
 * data stay. The folder has another name before the first file of it goes, so that a run is there whole or not at all.
 */
export function removeRun(root: string, identity: string): void {
  const before = prepare(root, identity);
  const folder = runFolderOf(root, identity);
  const trash = join(dirname(folder), `${removedPrefix}${randomBytes(8).toString('hex')}`);
  renameSync(folder, trash);
  syncFolder(dirname(folder));
  if (before.record !== undefined) syncRegister(root);
  finishRemovals(root);
}

/** Takes away what is left of runs whose removal was broken off. */
export function finishRemovals(root: string): void {
  const artifacts = join(root, 'artifacts');
  for (const pipeline of namesIn(artifacts)) {
    const folder = join(artifacts, pipeline);
    const removed = namesIn(folder).filter((name) => name.startsWith(removedPrefix));
    for (const name of removed) rmSync(join(folder, name), { recursive: true, force: true });
    if (removed.length > 0 && readdirSync(folder).length === 0) rmdirSync(folder);
  }
}

/**
 * Gives a run that is not under way another tag, which no run of its pipeline has. A run has the name of its folder, so
 * that it has the new one from the moment at which this is renamed.
 */
export function renameRun(root: string, identity: string, tag: string): string {
  const { record } = prepare(root, identity);
  const renamed = identityOf({ ...runNamesOf(identity), run: tag });
  const folder = runFolderOf(root, identity);
  if (record !== undefined) {
    writeFileAtomic(join(folder, 'record.json'), recordText({ ...record, run: tag }));
  }
  renameSync(folder, runFolderOf(root, renamed));
  syncFolder(dirname(folder));
  if (record !== undefined) syncRegister(root);
  return renamed;
}

/** Makes sure that the register counts what the run has evaluated, and that no other run needs its files. */
function prepare(root: string, identity: string): { readonly record: RunRecord | undefined } {
  const register: Register = existsSync(join(root, 'artifacts')) ? syncRegister(root) : readRegister(root);
  const record = register.runs.find((one) => identityOf(one) === identity);
  if (record !== undefined) shareWithDependants(root, register.runs, record);
  return { record };
}
