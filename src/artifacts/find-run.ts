import type { Failure } from '../base/failure.js';
import { didYouMean } from '../base/nearest-name.js';
import { failed, type Result, success } from '../base/result.js';
import { copiedRuns, identityOf, type RunRecord, readRuns } from './register.js';
import { readStarted } from './runs/started-run.js';
import { unfinishedRuns } from './unfinished-runs.js';

/**
 * The run that a name stands for: a tag, `PIPELINE/TAG`, or the latest run of a pipeline by `PIPELINE` or its file;
 * `latest`, or no name, is the latest of the project. `~N` after any but a tag is the N-th run before that one.
 */
export function findRun(root: string, name?: string): Result<RunRecord, Failure> {
  const { register, copies } = readRuns(root);
  return findRunAmong(root, register.runs, name, copies);
}

/** The same among these runs, which are in the order of their starts. */
export function findRunAmong(
  root: string,
  runs: readonly RunRecord[],
  name = 'latest',
  copies = copiedRuns(root),
): Result<RunRecord, Failure> {
  const tagged = runs.filter((one) => one.run === name || identityOf(one) === name);
  const [only] = tagged;
  if (only === undefined) {
    const refusal = folderWithoutResults(root, runs, name, copies);
    if (refusal !== undefined) return failed(refusal);
  }
  if (runs.length === 0) return failed(noResults());
  if (only !== undefined && tagged.length === 1) return success(only);
  if (only !== undefined) {
    return failed({
      reason: 'usage',
      message: `${tagged.length} pipelines have a run ${name}`,
      hint: `name one: ${tagged.map(identityOf).join(', ')}`,
    });
  }
  const [, series = name, back = '0'] = /^(.+)~(\d+)$/.exec(name) ?? [];
  const ofSeries = series === 'latest' ? runs : runs.filter((one) => isOfSeries(one, series));
  if (ofSeries.length === 0) return failed(unknownRun(name, runs));
  const found = ofSeries.at(-1 - Number(back));
  if (found !== undefined) return success(found);
  const unended = unfinishedRuns(root, runs).filter(
    ({ run, folder }) =>
      series === 'latest' ||
      isOfSeries({ pipeline: run.split('/')[0] ?? '', file: readStarted(folder)?.file }, series),
  );
  return failed(beyondTheFirst(name, series, ofSeries.length, unended.length));
}

/** @param unended how many have no results, which the list of runs has, too */
function beyondTheFirst(name: string, series: string, ended: number, unended: number): Failure {
  const ofSeries = series === 'latest' ? '' : ` of ${series}`;
  const others =
    unended === 0
      ? ''
      : `; ${unended} more ${unended === 1 ? 'is' : 'are'} under way or killed, without results`;
  return {
    reason: 'no-results',
    message: `there is no run ${name}: ${ended === 1 ? '1 run that ended is' : `${ended} runs that ended are`} all there is${ofSeries}${others}`,
    hint: `the first is ${ended === 1 ? series : `${series}~${ended - 1}`}`,
  };
}

/** Why a folder of this name has no results of its own; undefined where there is no such folder. */
function folderWithoutResults(
  root: string,
  runs: readonly RunRecord[],
  name: string,
  copies: ReadonlyMap<string, string>,
): Failure | undefined {
  const isNamed = (run: string) => run === name || run.endsWith(`/${name}`);
  const copy = [...copies].find(([folder]) => isNamed(folder));
  if (copy !== undefined) return copiedRun(copy[0], copy[1]);
  const unfinished = unfinishedRuns(root, runs).find(({ run }) => isNamed(run));
  return unfinished && notEnded(unfinished.run);
}

function isOfSeries(
  { pipeline, file }: Pick<RunRecord, 'pipeline'> & { readonly file?: string | undefined },
  series: string,
): boolean {
  return pipeline === series || `${pipeline}/latest` === series || file === series;
}

/** Names that work: `latest`, each pipeline that has a run, each run with the latest first. */
export function runNames(runs: readonly RunRecord[]): readonly string[] {
  if (runs.length === 0) return [];
  const latestFirst = runs.toReversed();
  return ['latest', ...new Set(latestFirst.map(({ pipeline }) => pipeline)), ...latestFirst.map(identityOf)];
}

function unknownRun(name: string, runs: readonly RunRecord[]): Failure {
  const near = didYouMean(name, [...runNames(runs), ...runs.toReversed().map(({ run }) => run)]);
  const pipelines = [...new Set(runs.toReversed().map(({ pipeline }) => pipeline))];
  const latest = runs.at(-1);
  const examples = [
    'latest',
    ...(runs.length > 1 ? ['latest~1'] : []),
    ...pipelines,
    ...(latest === undefined ? [] : [identityOf(latest)]),
  ];
  return {
    reason: 'no-results',
    message: `there is no run ${name}`,
    hint: near ?? `these are runs: ${examples.slice(0, 8).join(', ')}`,
  };
}

/** What is said of a folder that somebody copied another run's to. */
function copiedRun(copy: string, run: string): Failure {
  return {
    reason: 'no-results',
    message: `${copy} is a copy of run ${run}`,
    hint: `name ${run}; artifacts/${copy} counts for nothing and can be deleted`,
  };
}

/** What is said of a run that has a folder and no results: a lock tells that some run computes, not which. */
function notEnded(run: string): Failure {
  return {
    reason: 'no-results',
    message: `run ${run} has no results: it is under way, or was killed`,
    hint: `kshot logs STEP --run ${run} prints what a step of it printed; kshot run computes what is not done`,
  };
}

/** What is said where nothing has been run yet. */
export function noResults(): Failure {
  return {
    reason: 'no-results',
    message: 'there are no results yet',
    hint: 'kshot run makes some',
  };
}

/** What is said of a run that is in the register and nowhere else. */
export function folderGone(record: RunRecord): Failure {
  return {
    reason: 'no-results',
    message: `the folder of run ${identityOf(record)} is gone`,
    hint: 'kshot run makes its results again from the cache',
  };
}
