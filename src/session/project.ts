import type { RunRecord } from '../artifacts/register.js';
import { readRegister } from '../artifacts/register.js';
import type { Report } from '../artifacts/run-documents.js';
import type { ListedRun } from '../artifacts/runs/list-runs.js';
import type { Failure } from '../base/failure.js';
import type { JsonObject } from '../base/json.js';
import { failed, type Result, success } from '../base/result.js';
import { asValues } from './as-values.js';
import type { Audit, AuditRequest } from './auditing/audit-step.js';
import { optionsOf, wrongOptions, wrongText } from './check-options.js';
import type { PinChange } from './keeping/change-pins.js';
import type { CacheCheck } from './keeping/check-cache.js';
import type { CollectedGarbage, GarbageRequest } from './keeping/collect-project-garbage.js';
import type { CreatedProject, NewProject } from './keeping/new-project.js';
import type { RemoteCheck, SharedRun } from './keeping/share-run.js';
import type { PipelinePlan, PlanRequest } from './planning/describe-plan.js';
import type { Explanation } from './planning/explain-step.js';
import { findRoot, pipelinesIn } from './planning/find-pipeline.js';
import type { Dag } from './planning/fold-graph.js';
import type { PipelineRequest, RequestPlace } from './planning/plan-pipeline.js';
import type { PipelineStatus } from './planning/plan-status.js';
import type { ComparedRuns } from './reading/compare-named-runs.js';
import type { KeptProgram } from './reading/find-kept-program.js';
import type { FoundLog } from './reading/find-logs.js';
import type { FollowedLogs } from './reading/follow-log.js';
import type { StoredOutput } from './reading/get-output.js';
import type { QueryFile, QueryLimits, QueryText } from './reading/query.js';
import type { PdfRequest, RemadePage } from './reading/remake-page.js';
import type { QueryEnd } from './reading/run-query.js';
import type { SavedOutputs } from './reading/save-output.js';
import type { Run, RunRequest } from './running/run-request.js';

export type { Failure, FailureReason } from '../base/failure.js';
export type { Result } from '../base/result.js';
export type { RunEvent } from '../run/event.js';
export { Interrupted } from './running/interrupted.js';
export type { Run, RunEnd, RunRequest } from './running/run-request.js';
export type {
  Explanation,
  ListedRun,
  PipelinePlan,
  PipelineRequest,
  PlanRequest,
  Report,
  RunRecord,
  SharedRun,
};

/** Where a project is. */
export interface ProjectPlace {
  /** The project's folder, which holds `pipelines/`; default: the nearest from `folder` upwards that does. */
  readonly root?: string;
  /** What paths are relative to; default: the folder that the process works in. */
  readonly folder?: string;
}

/**
 * A project: pipelines, a cache, and the runs there were. What can fail in a way that was thought of gives failures
 * as values, each with a stable `reason` and, where a file of the project is wrong, the place in it. Nothing here
 * prints, ends the process or listens to signals; several projects, and several runs, may be open in one process.
 *
 * A `run` argument names a run: a tag, `PIPELINE/TAG`, `PIPELINE` (its latest run) or `latest`, the default; `~N`
 * after any but a tag is the N-th before it.
 */
export interface Project {
  /** Absolute. */
  readonly root: string;
  /** The files in `pipelines/`, relative to the root. */
  pipelines(): readonly string[];
  /** The runs that have ended, in the order of their starts, as the register has them. */
  runs(): Promise<Result<readonly RunRecord[], Failure[]>>;

  /** The graph of a pipeline's steps, and from which splits what flows is computed. */
  graph(request?: PipelineRequest): Promise<Result<Dag, Failure[]>>;
  /** What a run would do, and why; with `forRun`, refused where a run would be. */
  plan(request?: PlanRequest): Promise<Result<PipelinePlan, Failure[]>>;
  /** The plan, and what the latest run of the pipeline did. */
  status(request?: PipelineRequest): Promise<Result<PipelineStatus, Failure[]>>;
  /** How the keys of a step's nodes, or of one node, differ from those that they had last. */
  explain(
    step: string,
    request?: Omit<PipelineRequest, 'targets'>,
  ): Promise<Result<readonly Explanation[], Failure[]>>;
  /**
   * Runs the program of a step, traced, and tells what it read that is in no key; what it gives is thrown away. Of a
   * program that fails, or is aborted, what it read until then.
   */
  audit(step: string, request?: AuditRequest): Promise<Result<Audit, Failure[]>>;
  /** Plans a pipeline and begins to compute what is not there yet; fails where it cannot begin. */
  run(request?: RunRequest): Promise<Result<Run, Failure[]>>;

  /** What a run found: metrics, summaries, drift. What is shown was verified against the cache. */
  results(run?: string): Promise<Result<Report, Failure[]>>;
  /** What differs between two runs; `before` is by default the run of the same pipeline before `after`. */
  compare(before?: string, after?: string): Promise<Result<ComparedRuns, Failure[]>>;
  /** The rows of one SELECT or EXPLAIN over the result tables, as `kshot sql` has them: column to value. */
  query(sql: string, limits?: QueryLimits): Promise<Result<readonly JsonObject[], Failure[]>>;
  /** The same as text, piece by piece. */
  queryText(sql: string, text: QueryText): Promise<QueryEnd>;
  /** The same as a parquet file, whole or not at all. */
  queryParquet(sql: string, file: QueryFile): Promise<Result<void, Failure[]>>;
  /**
   * An output that is one file, verified: `STEP.PORT` or `STEP[NAME=VALUE].PORT`, as inputs of a pipeline name it, or
   * `NODE.PORT`. Of the run that is named, or of the latest that lists the step, of the project's own pipeline before
   * others, with the reason where the pipeline as it stands would give something else.
   */
  get(output: string, run?: string): Promise<Result<StoredOutput, Failure[]>>;
  /**
   * Writes an output, verified, to a file of the user's, over what is there, in the form that its ending says, as
   * `publish` has it; a list to as many, by `{label}` in the path or into a folder, whose name ends in a slash.
   */
  save(output: string, path: string, run?: string): Promise<Result<SavedOutputs, Failure[]>>;
  /** Makes report.html and its figures again from the verified files of a run; on request its figures as PDF, too. */
  remakePage(run?: string, request?: PdfRequest): Promise<Result<RemadePage, Failure[]>>;
  /** What is kept of a step's program that failed, and how it was started. */
  keptProgram(step: string, run?: string): Promise<Result<KeptProgram, Failure[]>>;
  /** The logs of a step's nodes, as of the latest run that lists it, or of the one that is named. */
  logs(step: string, run?: string): Promise<Result<readonly FoundLog[], Failure[]>>;
  /**
   * What a run under way writes to the logs of a step, from their beginnings until the node or the run has ended;
   * undefined where no run is under way.
   */
  followLogs(step: string, run?: string): Promise<Result<FollowedLogs | undefined, Failure[]>>;

  /** All runs, also those that executed nothing, were killed, or are under way, in the order of their starts. */
  listRuns(): Promise<Result<readonly ListedRun[], Failure[]>>;
  /** Gives a run that has ended another tag; answers its new name, `PIPELINE/TAG`. */
  renameRun(run: string, tag: string): Promise<Result<string, Failure[]>>;
  /**
   * Removes runs that have ended, all or none; answers which. What they computed stays in the cache until garbage is
   * collected, what they have evaluated on test data still counts, and other runs keep all their results.
   */
  removeRuns(runs: readonly string[]): Promise<Result<readonly string[], Failure[]>>;
  /** Pins runs, or takes their pins away, all or none; answers which are pinned. */
  pin(change?: PinChange): Promise<Result<readonly string[], Failure[]>>;
  /** Removes from the cache what neither the last distinct results of any pipeline nor pinned runs reach. */
  collectGarbage(request: GarbageRequest): Promise<Result<CollectedGarbage, Failure[]>>;
  /** Reads every byte of the cache and of the runs; what is bad in the cache is set aside. */
  checkCache(): Promise<Result<CacheCheck, Failure[]>>;
  /** Sends what a run gave, as far as it is here, to the remote cache that kshot.yaml names; `latest` by default. */
  push(run?: string): Promise<Result<SharedRun, Failure[]>>;
  /** Fetches what a run gave, as far as it is not here, from there. */
  pull(run?: string): Promise<Result<SharedRun, Failure[]>>;
  /** Reads every byte that the remote cache has of what is known here; changes nothing. */
  checkRemote(): Promise<Result<RemoteCheck, Failure[]>>;
}

/** Opens the project at a place; fails with `file-not-found` where there is none. Each part is loaded on its use. */
export async function openProject(where: ProjectPlace = {}): Promise<Result<Project, Failure[]>> {
  const wrong = wrongOptions('openProject', where, optionsOf.openProject);
  if (wrong.length > 0) return failed(wrong);
  const { root: given, folder = process.cwd() } = where;
  const found = findRoot(folder, given);
  if (!found.ok) return failed([found.failure]);
  const root = found.value;
  const place = { root, folder };
  return success<Project>({
    root,
    pipelines: () => pipelinesIn(root).map((name) => `pipelines/${name}`),
    runs: () => asValues(async () => success(readRegister(root).runs)),
    graph: (request = {}) =>
      checked(wrongOptions('graph', request, optionsOf.graph), async () =>
        (await import('./planning/fold-graph.js')).foldGraph(place, request),
      ),
    plan: (request = {}) =>
      checked(wrongOptions('plan', request, optionsOf.plan), async () =>
        (await import('./planning/describe-plan.js')).describePlan(place, request),
      ),
    status: (request = {}) =>
      checked(wrongOptions('status', request, optionsOf.status), async () =>
        (await import('./planning/plan-status.js')).planStatus(place, request),
      ),
    explain: (step, request = {}) =>
      checked(wrongOfStep('explain', step, request), async () =>
        (await import('./planning/explain-step.js')).explainStep(place, step, request),
      ),
    audit: (step, request = {}) =>
      checked(wrongOfStep('audit', step, request), async () =>
        (await import('./auditing/audit-step.js')).auditStep(place, step, request),
      ),
    run: (request = {}) =>
      checked(wrongOptions('run', request, optionsOf.run), async () =>
        (await import('./running/run-pipeline.js')).runPipeline(place, request),
      ),
    results: (run) =>
      checked(wrongRun('results', run), async () =>
        (await import('./reading/read-results.js')).readResults(root, run),
      ),
    compare: (before, after) =>
      checked([...wrongRun('compare', before, 'before'), ...wrongRun('compare', after, 'after')], async () =>
        (await import('./reading/compare-named-runs.js')).compareNamedRuns(root, before, after),
      ),
    query: (sql, limits = {}) =>
      checked(
        [...wrongText('query', 'sql', sql), ...wrongOptions('query', limits, optionsOf.query)],
        async () => (await import('./reading/query.js')).query(root, sql, limits),
      ),
    queryText: (sql, text) => answerAsText(root, sql, text),
    queryParquet: (sql, file) => answerAsParquet(root, sql, file),
    ...methodsOfSteps(place),
    remakePage: (run, request = {}) =>
      checked(
        [...wrongRun('remakePage', run), ...wrongOptions('remakePage', request, optionsOf.remakePage)],
        async () => (await import('./reading/remake-page.js')).remakePage(root, run, request),
      ),
    ...keepingOf(root),
  });
}

/** What looks after runs and cache. */
function keepingOf(
  root: string,
): Pick<
  Project,
  | 'listRuns'
  | 'renameRun'
  | 'removeRuns'
  | 'pin'
  | 'collectGarbage'
  | 'checkCache'
  | 'push'
  | 'pull'
  | 'checkRemote'
> {
  return {
    listRuns: () =>
      asValues(async () => success((await import('../artifacts/runs/list-runs.js')).listRuns(root))),
    renameRun: (run, tag) =>
      checked([...wrongText('renameRun', 'run', run), ...wrongText('renameRun', 'tag', tag)], async () =>
        (await import('./keeping/change-runs.js')).renameNamedRun(root, run, tag),
      ),
    removeRuns: (runs) =>
      checked(wrongOptions('removeRuns', { runs }, optionsOf.removeRuns, ['runs']), async () =>
        (await import('./keeping/change-runs.js')).removeRuns(root, runs),
      ),
    pin: (change = {}) =>
      checked(wrongOptions('pin', change, optionsOf.pin), async () =>
        (await import('./keeping/change-pins.js')).changePins(root, change),
      ),
    collectGarbage: (request) =>
      checked(wrongOptions('collectGarbage', request, optionsOf.collectGarbage, ['keep']), async () =>
        (await import('./keeping/collect-project-garbage.js')).collectProjectGarbage(root, request),
      ),
    checkCache: () => asValues(async () => (await import('./keeping/check-cache.js')).checkCache(root)),
    push: (run) =>
      checked(wrongRun('push', run), async () => (await import('./keeping/share-run.js')).pushRun(root, run)),
    pull: (run) =>
      checked(wrongRun('pull', run), async () => (await import('./keeping/share-run.js')).pullRun(root, run)),
    checkRemote: () => asValues(async () => (await import('./keeping/share-run.js')).checkRemoteCache(root)),
  };
}

/** What is asked of steps by their names in runs. */
function methodsOfSteps(
  place: RequestPlace,
): Pick<Project, 'get' | 'save' | 'keptProgram' | 'logs' | 'followLogs'> {
  return {
    get: (output, run) =>
      checked([...wrongText('get', 'output', output), ...wrongRun('get', run)], async () =>
        (await import('./reading/get-output.js')).getOutput(place.root, output, run),
      ),
    save: (output, path, run) =>
      checked(
        [
          ...wrongText('save', 'output', output),
          ...wrongText('save', 'path', path),
          ...wrongRun('save', run),
        ],
        async () => (await import('./reading/save-output.js')).saveOutput(place, output, path, run),
      ),
    keptProgram: (step, run) =>
      checked([...wrongText('keptProgram', 'step', step), ...wrongRun('keptProgram', run)], async () =>
        (await import('./reading/find-kept-program.js')).findKeptProgram(place.root, step, run),
      ),
    logs: (step, run) =>
      checked([...wrongText('logs', 'step', step), ...wrongRun('logs', run)], async () =>
        (await import('./reading/find-logs.js')).findLogs(place.root, step, run),
      ),
    followLogs: (step, run) =>
      checked([...wrongText('followLogs', 'step', step), ...wrongRun('followLogs', run)], async () =>
        (await import('./reading/follow-log.js')).followLogs(place.root, step, run),
      ),
  };
}

async function answerAsText(
  root: string,
  ...[sql, text]: Parameters<Project['queryText']>
): ReturnType<Project['queryText']> {
  const [wrong] = [
    ...wrongText('queryText', 'sql', sql),
    ...wrongOptions('queryText', text, optionsOf.queryText),
  ];
  if (wrong !== undefined) return { failure: wrong };
  return (await import('./reading/query.js')).queryText(root, sql, text);
}

function answerAsParquet(
  root: string,
  ...[sql, file]: Parameters<Project['queryParquet']>
): ReturnType<Project['queryParquet']> {
  const wrong = [
    ...wrongText('queryParquet', 'sql', sql),
    ...wrongOptions('queryParquet', file, optionsOf.queryParquet, ['path']),
  ];
  return checked(wrong, async () => (await import('./reading/query.js')).queryParquet(root, sql, file));
}

/** Makes a project that runs, of files that ship with kshot; nothing that is there is overwritten. */
export async function createProject(request: NewProject = {}): Promise<Result<CreatedProject, Failure[]>> {
  return await checked(wrongOptions('createProject', request, optionsOf.createProject), async () =>
    (await import('./keeping/new-project.js')).makeProject(request),
  );
}

/** What comes of a method, where nothing is wrong with what it was given. */
async function checked<Value>(
  wrong: Failure[],
  answer: () => Promise<Result<Value, Failure[]>>,
): Promise<Result<Value, Failure[]>> {
  return wrong.length > 0 ? failed(wrong) : await asValues(answer);
}

function wrongOfStep(method: 'explain' | 'audit', step: unknown, request: unknown): Failure[] {
  return [...wrongText(method, 'step', step), ...wrongOptions(method, request, optionsOf[method])];
}

function wrongRun(method: string, run: unknown, name = 'run'): Failure[] {
  return wrongText(method, name, run, { isOptional: true });
}
