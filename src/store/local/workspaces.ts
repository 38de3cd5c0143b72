import {
  cpSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  unlinkSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { namesIn } from '../../base/files/folders.js';
import { makeFolders } from '../../base/files/make-folders.js';
import { killProcessesOf } from '../../base/step-processes.js';
import type { Digest } from '../entry.js';
import type { Beating, Workspace } from '../store.js';
import type { Layout } from './layout.js';

const scratchName = 'scratch';
const stateName = 'state';
/** What the step that failed last had written. */
const keptName = 'kept';
/** What a job of a batch system has, which goes on when the run that asked for it has ended. */
const jobName = 'job';
/** What belonged to an owner that counts as dead: out of its way, should it live after all. */
const lostPrefix = '.lost.';
const sparePrefix = '.spare.';

/** How many this process has made: one that cannot be removed must not be taken for a later one of its key. */
let made = 0;

/**
 * Makes the folders in which a key is computed: `partial/<key>/<token>.<count>/`. Resumable state is beside them, at
 * `partial/<key>/state`, so that the next owner of the key finds it however this one ends. Whatever else earlier
 * owners left is removed: the lock says that they are gone.
 *
 * An owner on another host that counts as dead may come back. So where the lock was taken from one, its folders get other
 * names first, and the state that the new owner goes on from has a name of its own, `state.<n>`.
 *
 * @param beating says that the owner lives
 * @param options.startsOver removes the state, too, and what a job has: one that is under way ends when it sees that
 * @param options.isTakenOver where the owner before counts as dead
 */
export function makeWorkspace(
  layout: Layout,
  key: Digest,
  token: string,
  beating: Beating,
  { startsOver = false, isTakenOver = false } = {},
): Workspace {
  const shared = layout.partialOf(key);
  const folder = join(shared, `${token}.${++made}`);
  const outputs = join(folder, 'outputs');
  const scratch = join(folder, scratchName);
  let stateFile = join(shared, stateName);
  if (isTakenOver || !reuseSpare(layout, shared, folder)) {
    for (const name of namesIn(shared)) {
      const isOver = startsOver && (isState(name) || name === jobName);
      if (isOver || !isLasting(name)) removeLeftBehind(shared, name);
    }
    stateFile = isTakenOver ? takeState(shared) : stateIn(shared);
    makeFolders(outputs);
  }
  mkdirSync(scratch);
  return { key, folder, outputs, scratch, stateFile, jobFolder: jobFolderIn(shared), beating };
}

/** Where a job has its files, by the folder of its key. */
export function jobFolderIn(shared: string): string {
  return join(shared, jobName);
}

/** Whether a name below the folder of a key is of something that outlives the workspace. */
function isLasting(name: string): boolean {
  return isState(name) || name === keptName || name === jobName;
}

function isState(name: string): boolean {
  return /^state(\.\d+)?$/.test(name);
}

/** How often the key's lock had been taken from another host when this state got its name. */
function takeOversOf(name: string): number {
  return Number(name.slice(stateName.length + 1));
}

/** The latest state, under the name that it has or would have: one with an earlier name is of an owner that came back. */
function stateNameIn(shared: string): string {
  const names = namesIn(shared).filter(isState);
  return names.sort((one, other) => takeOversOf(other) - takeOversOf(one))[0] ?? stateName;
}

/** Gives the state a name that its owner does not know, and itself to the one who asks: what that one has open, too. */
function takeState(shared: string): string {
  const name = stateNameIn(shared);
  const path = join(shared, name);
  const next = join(shared, `${stateName}.${takeOversOf(name) + 1}`);
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return next;
  const lost = join(shared, lostPrefix + name);
  removeTree(lost);
  renameSync(path, lost);
  const copy = join(shared, '.copied');
  removeTree(copy);
  // Whole, before it has the name by which it is found.
  cpSync(lost, copy, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
  renameSync(copy, next);
  removeTree(lost);
  return next;
}

/**
 * Removes the workspace of an owner that is gone. What that one had started may not have ended yet, and must not work on
 * beside what is started now.
 */
function removeLeftBehind(shared: string, name: string): void {
  const folder = join(shared, name);
  killProcessesOf(join(folder, scratchName));
  const lost = join(shared, lostPrefix + name);
  try {
    renameSync(folder, lost);
  } catch {
    // Then it goes, or stays, under its own name.
  }
  removeTree(lost);
  removeTree(folder);
}

/** The token of the lock that the workspace came with. */
export function tokenOf(workspace: Workspace): string {
  return basename(workspace.folder).replace(/\..*/, '');
}

/** Removes what is left of a workspace whose lock another host has taken over, and nothing of that one's. */
export function leaveWorkspace({ folder }: Workspace): void {
  removeTree(folder);
}

/**
 * Removes what a workspace holds but for the resumable state and, where it is to be kept and holds anything, the scratch
 * folder, whose new path it gives; the folder of the key goes with the last of it.
 */
export function abandonWorkspace(
  layout: Layout,
  workspace: Workspace,
  keepScratch: boolean,
): string | undefined {
  const shared = layout.partialOf(workspace.key);
  const kept = keepScratch ? moveScratch(workspace, join(shared, keptName)) : undefined;
  const isEmpty = !namesIn(shared).some(isLasting);
  removeTree(isEmpty ? shared : workspace.folder);
  return kept;
}

/** Undefined where there is nothing to keep, or it cannot be moved. */
function moveScratch({ scratch }: Workspace, target: string): string | undefined {
  try {
    if (namesIn(scratch).length === 0) return undefined;
    removeTree(target);
    renameSync(scratch, target);
    return target;
  } catch {
    return undefined;
  }
}

/** What is kept of a step that failed, by the folder of its key. */
export function keptIn(shared: string): string {
  return join(shared, keptName);
}

/** The resumable state of a step, likewise; it may not be there. */
export function stateIn(shared: string): string {
  return join(shared, stateNameIn(shared));
}

/** Removes all that was kept for a key whose outputs have been published or refused. */
export function closeWorkspace(layout: Layout, workspace: Workspace): void {
  if (!keepAsSpare(layout, workspace)) removeTree(layout.partialOf(workspace.key));
}

/**
 * Making and removing folders between two waits for the disk costs more than all else in publishing a small
 * result, so empty ones are kept under `partial/.spare.<token>` and given to the next key. Not the scratch
 * folder: a program may have gone on living in it.
 */
function keepAsSpare(layout: Layout, workspace: Workspace): boolean {
  const shared = layout.partialOf(workspace.key);
  const name = basename(workspace.folder);
  try {
    if (namesIn(shared).length > 1) return false;
    for (const other of readdirSync(workspace.folder, { withFileTypes: true })) {
      const path = join(workspace.folder, other.name);
      if (path !== workspace.outputs) removeNow(path, other.isDirectory());
    }
    if (namesIn(workspace.outputs).length > 0) return false;
    renameSync(shared, join(layout.partial, sparePrefix + name));
    return true;
  } catch {
    // Removed by the one who calls, as far as it can be.
    return false;
  }
}

/** As `rmSync` does; for a file or an empty folder, which it nearly always is, at a small part of the work. */
function removeNow(path: string, isFolder: boolean): void {
  try {
    if (isFolder) rmdirSync(path);
    else unlinkSync(path);
  } catch {
    rmSync(path, { recursive: true });
  }
}

function reuseSpare(layout: Layout, shared: string, folder: string): boolean {
  for (const name of namesIn(layout.partial)) {
    if (!name.startsWith(sparePrefix)) continue;
    try {
      // One process gets it; it replaces no folder that holds anything.
      renameSync(join(layout.partial, name), shared);
      renameSync(join(shared, name.slice(sparePrefix.length)), folder);
      return true;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOTEMPTY' || code === 'EEXIST') return false;
      if (code !== 'ENOENT') throw error;
    }
  }
  return false;
}

/** What cannot be removed now (a process still writes there, the disk refuses) is removed by the next owner or by gc. */
function removeTree(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // Left for later, as said above.
  }
}
