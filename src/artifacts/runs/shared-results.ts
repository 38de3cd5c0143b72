import { copyFileSync, existsSync, linkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeFolders } from '../../base/files/make-folders.js';
import { identityOf, type RunRecord, replaceRecord, runFolderOf } from '../register.js';

/** Tables that say of each run what became of its nodes. */
const ownTables: readonly string[] = ['tables/runs.parquet', 'tables/steps.parquet'];

/** Whether a file of a run's folder says the same of every run with the same results. */
function isOfResults(name: string): boolean {
  if (name.startsWith('tables/')) return !ownTables.includes(name);
  return name === 'fingerprints.json' || name === 'exhibits.json' || name.startsWith('exhibits/');
}

/**
 * Gives a run's folder the results of an earlier run that had the same: as further names of the same files, so that
 * either folder can go and the other has them still; as copies, where the file system has no such names.
 *
 * @param folder absolute
 */
export function shareResults(root: string, from: RunRecord, folder: string): readonly string[] {
  const source = runFolderOf(root, identityOf(from));
  const names = Object.keys(from.files).filter(isOfResults);
  for (const name of names) {
    const [file, target] = [join(source, name), join(folder, name)];
    if (existsSync(target)) continue;
    makeFolders(dirname(target));
    try {
      linkSync(file, target);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw error;
      copyFileSync(file, target);
    }
  }
  return names;
}

/** Whether a run's folder has its result tables. */
export function hasTables({ files }: Pick<RunRecord, 'files'>): boolean {
  return Object.keys(files).some((name) => name.startsWith('tables/'));
}

/** Gives them to runs of earlier versions of kshot, which only named the run that has them, before that one goes. */
export function shareWithDependants(root: string, runs: readonly RunRecord[], holder: RunRecord): void {
  const dependants = runs.filter(
    (one) => one !== holder && one.tables === identityOf(holder) && !hasTables(one) && hasTables(holder),
  );
  for (const dependant of dependants) {
    const names = shareResults(root, holder, runFolderOf(root, identityOf(dependant)));
    const shared = Object.fromEntries(
      names.flatMap((name) => (holder.files[name] === undefined ? [] : [[name, holder.files[name]]])),
    );
    replaceRecord(root, { ...dependant, files: { ...shared, ...dependant.files } });
  }
}
