import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { identityOf, isRegisterSpoilt, readRegister, runFolderOf } from '../../artifacts/register.js';
import { spoiltFilesOfRun } from '../../artifacts/verify-run.js';
import { type Failure, FailureError } from '../../base/failure.js';
import { shortDigest } from '../../base/quantities.js';
import { failed, type Result, success } from '../../base/result.js';
import { openLocalStore } from '../open-store.js';

/** What was read and found to be good. */
export interface CacheCheck {
  readonly entries: number;
  readonly objects: number;
  /** Of all objects. */
  readonly bytes: number;
  /** Runs whose folders are there. */
  readonly runs: number;
}

/** Reads every byte of the cache, sets aside what is bad, and checks the files of runs; fails with all that is bad. */
export async function checkCache(root: string): Promise<Result<CacheCheck, Failure[]>> {
  const store = await openLocalStore(root);
  if (!store.ok) return store;
  const report = await store.value.verifyAll();
  const hint = 'it was set aside; kshot run computes it again where a pipeline needs it';
  const runs = await verifyRuns(root);
  const failures: Failure[] = [
    ...runs.failures,
    ...report.badObjects.map(
      (digest): Failure => ({
        reason: 'object-corrupt',
        message: `object ${shortDigest(digest)} does not hold what was stored`,
        hint,
      }),
    ),
    ...report.badEntries.map(
      (key): Failure => ({
        reason: 'object-corrupt',
        message: `entry ${shortDigest(key)} is not of the computation that its key names`,
        hint,
      }),
    ),
    ...report.incomplete.map(
      ({ key, kind }): Failure => ({
        reason: 'object-corrupt',
        message: `${kind} ${shortDigest(key)} has an output that is missing or bad`,
        hint: 'kshot run computes it again where a pipeline needs it',
      }),
    ),
  ];
  if (failures.length > 0) return failed(failures);
  const { entries, objects, bytes } = report;
  return success({ entries, objects, bytes, runs: runs.count });
}

/** The runs whose folders are there, and what is wrong with their files and the register. */
async function verifyRuns(root: string): Promise<{ count: number; failures: readonly Failure[] }> {
  const failures: Failure[] = [];
  if (isRegisterSpoilt(root)) {
    failures.push({
      reason: 'object-corrupt',
      message: `${join(root, 'artifacts', 'meta.json')} is not what kshot wrote`,
      hint: 'the next kshot run makes it again from the folders of runs; evaluations on test data of runs whose folders are gone are no longer counted then',
    });
  }
  try {
    const runs = readRegister(root).runs.filter((one) => existsSync(runFolderOf(root, identityOf(one))));
    for (const record of runs) {
      for (const failure of await spoiltFilesOfRun(root, record)) failures.push(failure);
    }
    return { count: runs.length, failures };
  } catch (error) {
    if (!(error instanceof FailureError)) throw error;
    return { count: 0, failures: [...failures, error.failure] };
  }
}
