import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { identityOf, isRegisterSpoilt, readRegister, runFolderOf } from '../../artifacts/register.js';
import { spoiltFilesOfRun } from '../../artifacts/verify-run.js';
import { type Failure, FailureError } from '../../base/failure.js';
import { formatBytes, formatCount, shortDigest } from '../../base/quantities.js';
import { openStore } from '../../store/local/open-store.js';
import { findRoot } from '../find-pipeline.js';
import { type CommonOptions, openTerminal } from '../terminal.js';

/**
 * `kshot cache verify`: reads every byte of the cache and sets aside what is bad, and checks the files of runs; exit 1
 * where something is bad.
 */
export async function cacheVerify(options: CommonOptions): Promise<number> {
  const terminal = openTerminal(options);
  const root = findRoot(process.cwd(), options.root);
  if (!root.ok) return terminal.fail([root.failure]);
  const report = await (await openStore(join(root.value, 'cache'))).verifyAll();
  const hint = 'it was set aside; kshot run computes it again where a pipeline needs it';
  const runs = await verifyRuns(root.value);
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
  if (failures.length > 0) return terminal.fail(failures);
  const { entries, objects, bytes } = report;
  if (terminal.json) terminal.document({ entries, objects, bytes, runs: runs.count, bad: 0 });
  else {
    terminal.show(
      `${formatCount(entries, 'result')}, ${formatCount(objects, 'object')} of ${formatBytes(bytes)}, ${formatCount(runs.count, 'run')}: all good`,
    );
  }
  return 0;
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
