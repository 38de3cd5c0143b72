import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { copiedRuns, type Register, readRegister } from '../../artifacts/register.js';
import { listRuns } from '../../artifacts/runs/list-runs.js';
import { type Failure, FailureError } from '../../base/failure.js';
import { environmentFailure, failureOfException } from '../../base/failure-of-exception.js';
import { folderObstacle } from '../../base/files/folders.js';
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
  for (const place of [folderOfCache, join(root, 'artifacts')]) {
    const refusal = folderObstacle(place) ?? refusalToWrite(place);
    if (refusal !== undefined && !problems.some(({ message }) => message === refusal.message)) {
      problems.push(refusal);
    }
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
    free_disk_bytes: freeBytes(root),
  };
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

function warningsOfProject({ pipelines, cache, free_disk_bytes: free }: ProjectFacts): readonly Warning[] {
  return [
    ...(pipelines.length > 0
      ? []
      : [{ message: 'there is no pipeline in pipelines/', hint: 'write pipelines/NAME.yaml' }]),
    ...(free >= littleDiskBytes
      ? []
      : [{ message: 'little disk is free', hint: 'kshot gc --dry-run says what could go' }]),
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

/** Why nothing can be written into a folder, or made where there is none yet. */
function refusalToWrite(folder: string): Failure | undefined {
  let at = folder;
  while (!existsSync(at)) at = dirname(at);
  try {
    accessSync(at, constants.W_OK | constants.X_OK);
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

function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}
