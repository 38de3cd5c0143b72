import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { findRun } from '../../artifacts/find-run.js';
import { hasPin } from '../../artifacts/pins.js';
import { identityOf, runFolderOf } from '../../artifacts/register.js';
import { refusedTag } from '../../artifacts/run-folder.js';
import { finishRemovals, removeRun, renameRun } from '../../artifacts/runs/change-runs.js';
import { type ListedRun, listRuns } from '../../artifacts/runs/list-runs.js';
import { isUnderWay } from '../../artifacts/runs/started-run.js';
import type { Failure } from '../../base/failure.js';
import { failed, type Result, success } from '../../base/result.js';
import { keepPublished } from '../../report/publish/published-history.js';
import { remakePage } from '../reading/remake-page.js';

/** Removes runs, all or none; answers which. Their results stay in the cache until garbage is collected. */
export async function removeRuns(
  root: string,
  names: readonly string[],
): Promise<Result<readonly string[], Failure[]>> {
  finishRemovals(root);
  const listed = listRuns(root);
  const found = names.map((name) => changeableRun(root, listed, name));
  const failures = found.flatMap((one) => (one.ok ? [] : [one.failure]));
  if (failures.length > 0) return failed(failures);
  const runs = [...new Set(found.flatMap((one) => (one.ok ? [one.value] : [])))];
  const pinned = runs.filter((run) => hasPin(runFolderOf(root, run)));
  if (pinned.length > 0) return failed(pinned.map(pinnedRun));
  for (const run of runs) {
    keepPublished(root, run);
    removeRun(root, run);
  }
  return success(runs);
}

function pinnedRun(run: string): Failure {
  return {
    reason: 'usage',
    message: `run ${run} is pinned`,
    hint: `kshot pin --remove ${run} takes the pin away; nothing was removed`,
  };
}

/** Gives a run another tag; answers its new name. Its page is made again where it has one. */
export async function renameNamedRun(
  root: string,
  name: string,
  to: string,
): Promise<Result<string, Failure[]>> {
  finishRemovals(root);
  const found = changeableRun(root, listRuns(root), name);
  if (!found.ok) return failed([found.failure]);
  const [pipeline = ''] = found.value.split('/');
  const tag = to.startsWith(`${pipeline}/`) ? to.slice(pipeline.length + 1) : to;
  const refused = refusedTag(root, pipeline, tag, '');
  if (refused !== undefined) return failed([refused]);
  const renamed = renameRun(root, found.value, tag);
  if (!existsSync(join(runFolderOf(root, renamed), 'report.html'))) return success(renamed);
  const page = await remakePage(root, renamed);
  return page.ok ? success(renamed) : page;
}

/** The run that a name stands for, a killed one too, of which nothing is under way. */
function changeableRun(root: string, listed: readonly ListedRun[], name: string): Result<string, Failure> {
  const unrecorded = listed.filter(
    ({ run, counts }) => counts === null && (run === name || run.endsWith(`/${name}`)),
  );
  const [only] = unrecorded;
  const found = only !== undefined && unrecorded.length === 1 ? success(only.run) : recordedRun(root, name);
  if (!found.ok || !isUnderWay(runFolderOf(root, found.value))) return found;
  return failed({
    reason: 'usage',
    message: `run ${found.value} is under way`,
    hint: 'wait until it has ended, or end it with Ctrl-C where it was started',
  });
}

function recordedRun(root: string, name: string): Result<string, Failure> {
  const found = findRun(root, name);
  return found.ok ? success(identityOf(found.value)) : found;
}
