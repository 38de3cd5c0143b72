import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { FinishedRun } from '../../artifacts/finished-run.js';
import { askGit } from '../../artifacts/provenance/git-state.js';
import { keptOfGit, originOfProcess, provenanceOf } from '../../artifacts/provenance/provenance.js';
import { secretsOf } from '../../artifacts/provenance/secrets.js';
import { runFolderOf } from '../../artifacts/register.js';
import type { Report } from '../../artifacts/run-documents.js';
import type { RunFolder } from '../../artifacts/run-folder.js';
import { markEnded } from '../../artifacts/runs/started-run.js';
import { largestExitCode } from '../../base/exit-code.js';
import type { Failure } from '../../base/failure.js';
import { failureOfException } from '../../base/failure-of-exception.js';
import { type Result, success } from '../../base/result.js';
import { forgetProbes } from '../../engines/kept-probes.js';
import type { LeftFile } from '../../report/publish/left-files.js';
import { publishFiles } from '../../report/publish/publish-files.js';
import type { PublishedFile } from '../../report/publish/published-history.js';
import { hasFigures, PageRehearsal } from '../../report/rehearse-page.js';
import { writeReport } from '../../report/write-report.js';
import type { RunEvent, RunFinish } from '../../run/event.js';
import type { RunOutcome } from '../../run/scheduler.js';
import type { RemoteExchange } from '../../store/exchange.js';
import type { CacheHold } from '../../store/upkeep.js';
import { asValues } from '../as-values.js';
import { runFailed } from '../failures-as-data.js';
import type { PlannedPipeline, RequestPlace } from '../planning/plan-pipeline.js';
import { EventStream } from './event-stream.js';
import { executeNodes } from './execute-nodes.js';
import { exitCodeOfSignal } from './interrupted.js';
import { openNodes } from './nodes-to-run.js';
import { type PreparedRun, prepareRun } from './prepare-run.js';
import { failuresOf, repairedNodes } from './run-failures.js';
import type { Run, RunEnd, RunRequest } from './run-request.js';

/** Plans a pipeline and begins to run it; fails where it cannot begin. */
export async function runPipeline(place: RequestPlace, request: RunRequest): Promise<Result<Run, Failure[]>> {
  let hold: CacheHold | undefined;
  let isUnderWay = false;
  try {
    const prepared = await prepareRun(place, request, async (store) => {
      hold = await store.hold();
    });
    if (!prepared.ok) return prepared;
    const { planned, folder } = prepared.value;
    const beginning = (await planned.store.exchanged())?.warnings ?? [];
    const events = new EventStream<RunEvent>();
    const emit = (event: RunEvent) => events.push(event);
    const ended = asValues(async () => success(await execute(prepared.value, request, emit))).finally(() => {
      markEnded(folder.path);
      hold?.close();
    });
    isUnderWay = true;
    ended.then(
      (end) => {
        if (!end.ok) emit(runFailed(end.failure));
        events.close();
      },
      (error: unknown) => events.close({ error }),
    );
    return success({
      run: folder.run,
      pipeline: planned.graph.name,
      folder: folder.path,
      warnings: [...planned.graph.warnings, ...beginning],
      ended,
      [Symbol.asyncIterator]: () => events,
    });
  } finally {
    if (!isUnderWay) hold?.close();
  }
}

/** How long git, which has been asked at the start, may keep a run that has come to its end. */
const gitMilliseconds = 500;

async function execute(
  prepared: PreparedRun,
  request: RunRequest,
  emit: (event: RunEvent) => void,
): Promise<RunEnd> {
  const { planned, folder } = prepared;
  const { graph, store, root } = planned;
  const { signal = new AbortController().signal } = request;
  const startedAt = new Date();
  const git = askGit(root);
  const rehearsal = rehearsalOf(planned, folder, request, startedAt);
  const outcome = await executeNodes(prepared, request, {
    startedAt,
    emit(event) {
      if (event.event === 'step.start') rehearsal?.started(event.node);
      emit(event);
    },
    settled: (node) => rehearsal?.finished(node),
    signal,
  }).catch(async (error: unknown) => {
    await rehearsal?.end();
    throw error;
  });
  const rehearsed = rehearsal?.end();
  const failures = failuresOf(outcome);
  // What all that tells of the run has.
  const seconds = (Date.now() - startedAt.getTime()) / 1000;
  const computed = { exitCode: exitCodeOf(outcome, signal, failures), seconds, counts: outcome.counts };
  emit({
    event: 'run.computed',
    time: new Date().toISOString(),
    run: folder.run,
    ...computed,
    ...repairedIn(outcome),
  });
  await store.saveIndex();
  const secrets = secretsOf(graph.nodes);
  const repository = keptOfGit(await git.finish(gitMilliseconds), secrets);
  if (failures.some(({ reason }) => reason === 'engine-unavailable' || reason === 'device-lost')) {
    forgetProbes(store.folder);
  }
  const finished: FinishedRun = {
    run: folder.run,
    graph,
    nodes: outcome.nodes,
    startedAt: startedAt.toISOString(),
    ...computed,
    provenance: provenanceOf(originOfProcess(secrets), repository, outcome.nodes),
    ...(repository.diff === undefined ? {} : { diff: repository.diff }),
  };
  const { report, published, left, cautions } = await writeResults(planned, folder, finished, failures);
  const remote = await store.exchanged(signal, (left) =>
    emit({ event: 'run.sending', time: new Date().toISOString(), ...left }),
  );
  await rehearsed;
  const exitCode = exitCodeOf(outcome, signal, failures);
  if (failures.length > 0) emit(runFailed(failures));
  emit({
    event: 'run.finish',
    time: new Date().toISOString(),
    run: folder.run,
    exitCode,
    seconds: finished.seconds,
    counts: outcome.counts,
    ...(report === undefined ? {} : repairedIn(outcome)),
    ...(remote === undefined ? {} : { remote: withoutWarnings(remote) }),
    ...publishedEvent(published, left),
  });
  const page = placeOfReport(root, folder, report);
  return {
    exitCode,
    failures,
    finished,
    ...(report && { report }),
    page,
    published,
    left,
    ...(remote && { remote }),
    warnings: remote?.warnings ?? [],
    cautions,
  };
}

/** Draws the page beside the steps; undefined where none of them is executed, or all are in this process. */
function rehearsalOf(
  { graph, plan, store }: PlannedPipeline,
  { run }: RunFolder,
  { inProcess = false }: RunRequest,
  startedAt: Date,
): PageRehearsal | undefined {
  if (inProcess || openNodes(plan).length === 0 || !hasFigures(graph)) return undefined;
  return new PageRehearsal({ run, graph, startedAt: startedAt.toISOString() }, store);
}

function repairedIn(outcome: RunOutcome): Pick<RunFinish, 'repaired'> {
  const repaired = repairedNodes(outcome);
  return repaired.length === 0 ? {} : { repaired };
}

/** What became of files of the project, those of earlier runs last. */
function publishedEvent(
  published: readonly PublishedFile[],
  left: readonly LeftFile[],
): Pick<RunFinish, 'published'> {
  const all = [
    ...published.map(({ path, source, outcome }) => ({ path, source, outcome })),
    ...left.map(({ published: { path, source, run }, outcome }) => ({
      path,
      source,
      outcome,
      ...(run === undefined ? {} : { of: run }),
    })),
  ];
  return all.length === 0 ? {} : { published: all };
}

function withoutWarnings({ warnings: _, ...exchange }: RemoteExchange): Omit<RemoteExchange, 'warnings'> {
  return exchange;
}

/** A run that was aborted when all that was to be done was done is none that was cancelled. */
function exitCodeOf({ counts }: RunOutcome, signal: AbortSignal, failures: readonly Failure[]): number {
  return Math.max(counts.cancelled > 0 ? exitCodeOfSignal(signal) : 0, largestExitCode(failures));
}

/** Writes the report and what is published; what goes wrong is added to `failures`, and stops nothing. */
async function writeResults(
  { root, store }: PlannedPipeline,
  folder: RunFolder,
  finished: FinishedRun,
  failures: Failure[],
): Promise<Pick<RunEnd, 'published' | 'left' | 'cautions'> & { readonly report: Report | undefined }> {
  const written = await writeReport(root, finished, folder, store).catch((error: unknown) => {
    failures.push(failureOfException(error));
    return undefined;
  });
  if (written?.pageFailure !== undefined) failures.push(written.pageFailure);
  const published = await publishFiles(root, finished, folder, store).catch((error: unknown) => ({
    files: [],
    left: [],
    cautions: [],
    failures: [failureOfException(error)],
  }));
  for (const failure of published.failures) failures.push(failure);
  const { files, left, cautions } = published;
  return { report: written?.report, published: files, left, cautions };
}

/** The page to open: this run's, or the one of the earlier run whose tables it points at. */
function placeOfReport(root: string, folder: RunFolder, report: Report | undefined): string {
  const pages = [folder.path, ...(report === undefined ? [] : [runFolderOf(root, report.tables)])];
  return pages.map((one) => join(one, 'report.html')).find((page) => existsSync(page)) ?? folder.path;
}
