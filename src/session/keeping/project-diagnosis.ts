import { accessSync, constants, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { copiedRuns, type Register, readRegister } from '../../artifacts/register.js';
import { listRuns } from '../../artifacts/runs/list-runs.js';
import { type Failure, FailureError } from '../../base/failure.js';
import { environmentFailure, failureOfException } from '../../base/failure-of-exception.js';
import { folderObstacle, nearestFolder } from '../../base/files/folders.js';
import { formatCount } from '../../base/quantities.js';
import { chooseCacheFolder } from '../../pipeline/choose-cache.js';
import { cacheFolder } from '../../store/cache-folder.js';
import { openCache } from '../../store/open-cache.js';
import type { CacheSurvey } from '../../store/upkeep.js';
import { findPipeline, findRoot, pipelinesIn } from '../planning/find-pipeline.js';

/** Less free disk than this is worth a warning. */
const littleDiskBytes = 2e9;

/** What is worth knowing and stops nothing. */
export type Warning = Pick<Failure, 'message' | 'hint'>;

/** What was found on the way. */
export interface Findings {
  readonly problems: Failure[];
  readonly warnings: Warning[];
}

/** What a project and its cache are like. */
export interface ProjectFacts {
  readonly root: string;
  readonly pipelines: readonly string[];
  /** The pipeline that a command without a FILE works on; null where it would ask. */
  readonly default_pipeline: string | null;
  /** As many as `kshot runs` lists. */
  readonly runs: number;
  readonly latest_run: string | null;
  readonly cache: CacheSurvey & { readonly folder: string };
  /** On the disk that holds the cache. */
  readonly free_disk_bytes: number;
  /** On that of the project, where it is another one; else null. */
  readonly root_free_disk_bytes: number | null;
}

/** Looks at the project that `folder` is in, or that is in the folder `given`; null where there is none. */
export async function diagnoseProject(
  folder: string,
  given: string | undefined,
  findings: Findings,
): Promise<ProjectFacts | null> {
  const { problems, warnings } = findings;
  const found = findRoot(folder, given);
  if (!found.ok) {
    // Naming a folder that is not there is a mistake; standing outside of a project is none.
    if (given === undefined) warnings.push(found.failure);
    else problems.push(found.failure);
    return null;
  }
  const root = found.value;
  const folderOfCache = await folderOfCacheOf(root, problems);
  for (const refusal of refusalsToWrite([folderOfCache, join(root, 'artifacts')])) {
    if (!problems.some(({ message }) => message === refusal.message)) problems.push(refusal);
  }
  const store = await attempt(findings, () => openCache(folderOfCache));
  const cache = store === undefined ? undefined : await attempt(findings, () => store.survey());
  const register = await attempt(findings, async () => readRegister(root));
  // Those under way and those that were killed, too, as `kshot runs` lists them.
  const runs = (await attempt(findings, async () => (register === undefined ? [] : listRuns(root)))) ?? [];
  const pipeline = findPipeline(root, folder);
  const facts: ProjectFacts = {
    root,
    pipelines: pipelinesIn(root).map((name) => `pipelines/${name}`),
    default_pipeline: pipeline.ok ? pipeline.value : null,
    runs: runs.length,
    latest_run: runs.at(-1)?.run ?? null,
    cache: { folder: folderOfCache, ...(cache ?? emptySurvey) },
    free_disk_bytes: freeBytes(nearestFolder(folderOfCache)),
    root_free_disk_bytes: isOneDisk(nearestFolder(folderOfCache), root) ? null : freeBytes(root),
  };
  for (const failure of fullDisks(facts)) problems.push(failure);
  for (const warning of [...warningsOfProject(facts), ...warningsOfCopies(register, root)])
    warnings.push(warning);
  return facts;
}

async function folderOfCacheOf(root: string, problems: Failure[]): Promise<string> {
  const chosen = await chooseCacheFolder(root);
  if (chosen.ok) return chosen.value;
  for (const failure of chosen.failure) {
    // Of a file that cannot be read the choice of a Python has told.
    if (!problems.some(({ message }) => message === failure.message)) problems.push(failure);
  }
  return cacheFolder(root);
}

function warningsOfCopies(register: Register | undefined, root: string): readonly Warning[] {
  if (register === undefined) return [];
  return [...copiedRuns(root)].map(([copy, run]) => ({
    message: `artifacts/${copy} is a copy of run ${run}, and counts for nothing`,
    hint: 'it can be deleted',
  }));
}

const emptySurvey: CacheSurvey = {
  entries: 0,
  objects: 0,
  bytes: 0,
  incomplete: 0,
  unreadable: 0,
  partial: { count: 0, bytes: 0 },
  quarantine: { count: 0, bytes: 0 },
  locks: { live: [], elsewhere: [], dead: 0, foreign: [] },
};

/** The folders whose disks are looked at, and what is free there. */
function disksOf({ root, cache, ...facts }: ProjectFacts): readonly { folder: string; free: number }[] {
  const { free_disk_bytes: free, root_free_disk_bytes: ofRoot } = facts;
  return [{ folder: cache.folder, free }, ...(ofRoot === null ? [] : [{ folder: root, free: ofRoot }])];
}

function fullDisks(facts: ProjectFacts): readonly Failure[] {
  return disksOf(facts)
    .filter(({ free }) => free === 0)
    .map(({ folder }) => ({
      reason: 'disk',
      message: `the disk that holds ${folder} is full`,
      hint: 'free space there, or name another folder: cache.path in kshot.yaml says where the cache is',
    }));
}

function warningsOfProject(facts: ProjectFacts): readonly Warning[] {
  const { pipelines, cache } = facts;
  return [
    ...(pipelines.length > 0
      ? []
      : [{ message: 'there is no pipeline in pipelines/', hint: 'write pipelines/NAME.yaml' }]),
    ...disksOf(facts)
      .filter(({ free }) => free > 0 && free < littleDiskBytes)
      .map(({ folder }) => ({
        message: `little disk is free where ${folder} is`,
        hint: 'kshot gc --dry-run says what could go',
      })),
    ...(cache.incomplete === 0
      ? []
      : [
          {
            message: `${formatCount(cache.incomplete, 'result')} in the cache with a file that is missing or of another size`,
            hint: 'kshot run computes again what a pipeline needs; kshot cache verify reads every byte',
          },
        ]),
    ...(cache.unreadable === 0
      ? []
      : [
          {
            message: `${formatCount(cache.unreadable, 'result')} in the cache that this version of kshot cannot read`,
            hint: 'kshot cache verify sets aside what is broken',
          },
        ]),
    ...(cache.quarantine.count === 0
      ? []
      : [
          {
            message: `${formatCount(cache.quarantine.count, 'file')} ${cache.quarantine.count === 1 ? 'was' : 'were'} bad and kept aside in the cache`,
            hint: 'check the disk, and the rest with kshot cache verify; kshot gc removes them after a week',
          },
        ]),
    ...cache.locks.foreign.map(({ path, owner }) => ({
      message: `a lock in the cache is of ${owner}, which from here may or may not run`,
      hint: `if no kshot uses this cache there any more, remove ${path}`,
    })),
    ...cache.locks.elsewhere.map((owner) => ({
      message: `the cache is used by ${owner}`,
      hint: 'where that is dead, the next run that needs its step, or kshot gc, finds it out within a minute',
    })),
  ];
}

function refusalsToWrite(folders: readonly string[]): readonly Failure[] {
  return folders.flatMap((folder) => folderObstacle(folder) ?? refusalToWrite(folder) ?? []);
}

/** Why nothing can be written into a folder, or made where there is none yet. */
function refusalToWrite(folder: string): Failure | undefined {
  try {
    accessSync(nearestFolder(folder), constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    return environmentFailure(error, `writing in ${folder}`) ?? failureOfException(error);
  }
}

async function attempt<Value>(
  { problems }: Findings,
  look: () => Promise<Value>,
): Promise<Value | undefined> {
  try {
    return await look();
  } catch (error) {
    const failure = error instanceof FailureError ? error.failure : environmentFailure(error);
    if (failure === undefined) throw error;
    if (!problems.some(({ message }) => message === failure.message)) problems.push(failure);
    return undefined;
  }
}

function isOneDisk(folder: string, other: string): boolean {
  return statSync(folder).dev === statSync(other).dev;
}

function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}
