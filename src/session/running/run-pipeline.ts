import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { earlierDurations } from '../../artifacts/earlier-durations.js';
import type { FinishedRun } from '../../artifacts/finished-run.js';
import { askGit } from '../../artifacts/provenance/git-state.js';
import { keptOfGit, originOfProcess, provenanceOf } from '../../artifacts/provenance/provenance.js';
import { secretsOf } from '../../artifacts/provenance/secrets.js';
import { runFolderOf } from '../../artifacts/register.js';
import { isSynthetic, resultFiles, shownTables } from '../../artifacts/result-rows.js';
import type { Report } from '../../artifacts/run-documents.js';
import { createRunFolder, type RunFolder } from '../../artifacts/run-folder.js';
import { neededResults } from '../../artifacts/runs/needed-results.js';
import { markEnded, type RunBeginning } from '../../artifacts/runs/started-run.js';
import { largestExitCode } from '../../base/exit-code.js';
import type { Failure } from '../../base/failure.js';
import { failureOfException } from '../../base/failure-of-exception.js';
import { failed, type Result, success } from '../../base/result.js';
import { forgetProbes } from '../../engines/kept-probes.js';
import type { Graph, GraphNode } from '../../pipeline/graph/graph.js';
import type { Plan } from '../../pipeline/plan/plan.js';
import type { LeftFile } from '../../report/publish/left-files.js';
import { publishFiles } from '../../report/publish/publish-files.js';
import type { PublishedFile } from '../../report/publish/published-history.js';
import { hasFigures, PageRehearsal } from '../../report/rehearse-page.js';
import { writeReport } from '../../report/write-report.js';
import type { RunEvent, RunFinish, RunStart } from '../../run/event.js';
import type { Executor } from '../../run/executor.js';
import { machineGpus, machineMemory, machineSlots } from '../../run/local/machine.js';
import type { NodePool } from '../../run/local/worker-pool.js';
import { outlinePlan } from '../../run/outline-plan.js';
import type { Resources } from '../../run/resources.js';
import type { ExecutePlan, RunOutcome } from '../../run/scheduler.js';
import { hasSlurm } from '../../run/slurm/slurm.js';
import type { RemoteExchange } from '../../store/exchange.js';
import type { CacheHold } from '../../store/upkeep.js';
import { asValues } from '../as-values.js';
import { runFailed } from '../failures-as-data.js';
import { enginesInUse } from '../planning/engines-in-use.js';
import {
  type PipelineRequest,
  type PlannedPipeline,
  planPipeline,
  type RequestPlace,
} from '../planning/plan-pipeline.js';
import { createReasons } from '../planning/reasons.js';
import { EventStream } from './event-stream.js';
import { exitCodeOfSignal } from './interrupted.js';
import { failuresOf, repairedNodes } from './run-failures.js';
import { unavailableEngines } from './unavailable-engines.js';

/** What to run, and how. */
export interface RunRequest extends PipelineRequest {
  /** CPU slots: how many threads compute at once; default: as many as the process may use, and 1 `inProcess`. */
  readonly slots?: number;
  /** Whether what does not depend on a failed step still starts. */
  readonly keepGoing?: boolean;
  /** The run's name; default: the UTC time and a suffix. */
  readonly tag?: string;
  /**
   * Whether steps are executed in this process, one after another, for a debugger or a profiler of it. The results are
   * the same; but a body that crashes ends the process, and one that never waits cannot be aborted.
   */
  readonly inProcess?: boolean;
  /** Whether events of type `step.decision` tell what is decided of each node, and why. */
  readonly verbose?: boolean;
  /** Aborting it ends what runs, in order: finished results stay, and unfinished training goes on from there. */
  readonly signal?: AbortSignal;
}

/** A run under way: its events, in order, each to be read once. They are kept until they are read. */
export interface Run extends AsyncIterable<RunEvent> {
  /** Its tag. */
  readonly run: string;
  readonly pipeline: string;
  /** Its folder, absolute. */
  readonly folder: string;
  /** What is no error and worth knowing. */
  readonly warnings: readonly Failure[];
  /** How it ended, whether or not events are read; fails where not even its results could be written. */
  readonly ended: Promise<Result<RunEnd, Failure[]>>;
}

/** How a run ended. */
export interface RunEnd {
  /** 0 where all is done; else what `kshot run` exits with. */
  readonly exitCode: number;
  readonly failures: readonly Failure[];
  /** What became of each node. */
  readonly finished: FinishedRun;
  /** What was found; absent where it could not be written. */
  readonly report?: Report;
  /** The page to look at, or the run's folder where there is none, absolute. */
  readonly page: string;
  readonly published: readonly PublishedFile[];
  /** What earlier runs published and this one removed, or did not make anew. */
  readonly left: readonly LeftFile[];
  /** What was exchanged with the remote cache; absent where the project has none. */
  readonly remote?: RemoteExchange;
  /** Of the remote cache. */
  readonly warnings: readonly Failure[];
  /** Of what was to be published: which files of the project are not what this run gave. */
  readonly cautions: readonly Failure[];
}

/** Plans a pipeline and begins to run it; fails where it cannot begin. */
export async function runPipeline(place: RequestPlace, request: RunRequest): Promise<Result<Run, Failure[]>> {
  let hold: CacheHold | undefined;
  let isUnderWay = false;
  try {
    const prepared = await prepare(place, request, async (store) => {
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

/** All that has to be there before anything runs. */
interface PreparedRun {
  readonly planned: PlannedPipeline;
  /** Nodes whose stored results were found to be damaged. */
  readonly badNodes: readonly string[];
  readonly folder: RunFolder;
}

async function prepare(
  place: RequestPlace,
  request: RunRequest,
  opening: (store: PlannedPipeline['store']) => Promise<void>,
): Promise<Result<PreparedRun, Failure[]>> {
  const opened = await planPipeline(place, request, opening);
  if (!opened.ok) return opened;
  const sound = await withSoundResults(opened.value);
  if (!sound.ok) return sound;
  const { planned } = sound.value;
  const unavailable = [...batchObstacles(planned, request), ...(await unavailableEngines(planned))];
  if (unavailable.length > 0) return failed([...unavailable]);
  // First, so that a cache that cannot be written leaves no trace of a run.
  await keepCodeManifests(planned);
  const folder = createRunFolder(
    planned.root,
    planned.graph.name,
    new Date(),
    request.tag,
    beginningOf(planned),
  );
  return folder.ok ? success({ ...sound.value, folder: folder.value }) : failed([folder.failure]);
}

/** Why jobs could not be submitted, where nodes to be executed are some. */
function batchObstacles({ plan }: PlannedPipeline, { inProcess }: RunRequest): readonly Failure[] {
  if (!isBatch(openNodes(plan))) return [];
  if (inProcess === true) {
    const message = 'what runs in this process is no job';
    return [{ reason: 'usage', message, hint: 'add --executor local' }];
  }
  if (hasSlurm()) return [];
  const message = 'steps are to run on Slurm, and there is no sbatch in PATH';
  return [
    {
      reason: 'job-refused',
      message,
      hint: 'start kshot where jobs are submitted, or with --executor local',
    },
  ];
}

/** How long git, which has been asked at the start, may keep a run that has come to its end. */
const gitMilliseconds = 500;

function beginningOf({ graph }: PlannedPipeline): RunBeginning {
  const { file, engine, nodes } = graph;
  return {
    file,
    engine,
    nodes: nodes.length,
    origin: originOfProcess(secretsOf(nodes)),
    synthetic: isSynthetic({ nodes: nodes.map((node) => ({ node })) }),
  };
}

/**
 * Verifies the results that a hit would show figures from, and plans again where one is bad: it was set aside, so
 * its node runs.
 */
async function withSoundResults(
  planned: PlannedPipeline,
): Promise<Result<{ planned: PlannedPipeline; badNodes: readonly string[] }, Failure[]>> {
  const brought = await withResultsBrought(planned);
  if (!brought.ok) return brought;
  return await withGoodResults(brought.value);
}

/** Has here what the run will read of its hits, and plans again without those of which a remote cache does not give it. */
async function withResultsBrought(planned: PlannedPipeline): Promise<Result<PlannedPipeline, Failure[]>> {
  const neededOf = neededResults(planned.graph);
  for (let plan = planned.plan; ; ) {
    const needed = plan.nodes.map(({ node, entry }) => (entry === undefined ? [] : neededOf(node, entry)));
    const brought = await Promise.all(
      needed.filter((objects) => objects.length > 0).map((objects) => planned.store.bring(objects)),
    );
    if (brought.every((one) => one)) return success({ ...planned, plan });
    const again = await planned.replan();
    if (!again.ok) return again;
    plan = again.value;
  }
}

async function withGoodResults(
  planned: PlannedPipeline,
): Promise<Result<{ planned: PlannedPipeline; badNodes: readonly string[] }, Failure[]>> {
  const bad = new Set<string>();
  const shown = shownTables.flatMap((table) => resultFiles(planned.plan.nodes, table));
  for (const { node, digest, bytes } of shown) {
    if (!(await planned.store.verify({ digest, bytes }))) bad.add(node);
  }
  if (bad.size === 0) return success({ planned, badNodes: [] });
  const plan = await planned.replan();
  return plan.ok ? success({ planned: { ...planned, plan: plan.value }, badNodes: [...bad] }) : plan;
}

async function execute(
  { planned, badNodes, folder }: PreparedRun,
  request: RunRequest,
  emit: (event: RunEvent) => void,
): Promise<RunEnd> {
  const { graph, store, root } = planned;
  const { signal = new AbortController().signal } = request;
  const startedAt = new Date();
  const git = askGit(root);
  const rehearsal = rehearsalOf(planned, folder, request, startedAt);
  const outcome = await executeNodes(planned, { badNodes, folder }, request, {
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

type Listener = Pick<ExecutePlan, 'emit'> & Required<Pick<ExecutePlan, 'settled'>>;

async function executeNodes(
  planned: PlannedPipeline,
  { badNodes, folder }: Pick<PreparedRun, 'badNodes' | 'folder'>,
  request: RunRequest,
  { startedAt, emit, settled, signal }: Listener & { startedAt: Date; signal: AbortSignal },
): Promise<RunOutcome> {
  const { store, codes, root, plan, graph } = planned;
  const { inProcess = false, verbose = false } = request;
  const slots = request.slots ?? (inProcess ? 1 : machineSlots());
  const gpus = machineGpus(graph.nodes);
  const used = await enginesInUse(plan);
  emit({
    event: 'run.start',
    version: 1,
    time: startedAt.toISOString(),
    pipeline: graph.name,
    run: folder.run,
    nodes: graph.nodes.length,
    slots,
    gpus: gpus.length,
    engine: graph.engine,
    ...(graph.engine === graph.engineAsked ? {} : { engineReason: graph.engineReason }),
    ...(used.length === 0 ? {} : { engines: used }),
    ...pythonOf(graph),
    ...outlineRun(planned, { slots, gpus: gpus.length, memoryBytes: machineMemory() }),
  });
  const forced = request.force === true ? [] : graph.nodes.filter(planned.isForced).map(({ id }) => id);
  const reasonFor = createReasons(planned);
  const [{ executePlan }, { LocalExecutor }] = await Promise.all([
    import('../../run/scheduler.js'),
    import('../../run/local/local-executor.js'),
  ]);
  return await executePlan({
    plan,
    store,
    executor: new LocalExecutor(store, {
      slots,
      gpus,
      ...(inProcess ? { pool: await openInProcessPool() } : {}),
    }),
    codes,
    root,
    options: {
      keepGoing: request.keepGoing === true,
      force: request.force === true ? 'all' : forced.length === 0 ? 'none' : forced,
    },
    verbose,
    logFolder: folder.logs,
    nodesFolder: folder.nodes,
    badObjects: badNodes,
    neededOf: neededResults(graph),
    emit,
    settled,
    signal,
    reasonFor,
    ...(isBatch(graph.nodes) ? { jobExecutor: await openJobExecutor(planned, folder) } : {}),
  });
}

/** Whether nodes are jobs of a batch system. */
function isBatch(nodes: readonly GraphNode[]): boolean {
  return nodes.some(({ resources }) => resources.batch !== undefined);
}

async function openJobExecutor({ graph, root }: PlannedPipeline, folder: RunFolder): Promise<Executor> {
  const [{ BatchExecutor }, { Slurm }] = await Promise.all([
    import('../../run/batch/batch-executor.js'),
    import('../../run/slurm/slurm.js'),
  ]);
  const { jobs, answerWaitSeconds } = graph.batch ?? {};
  return new BatchExecutor(new Slurm(), {
    name: folder.run,
    folder: join(folder.path, 'jobs'),
    root,
    ...(jobs === undefined ? {} : { mostJobs: jobs }),
    ...(answerWaitSeconds === undefined ? {} : { times: { answerMilliseconds: 1000 * answerWaitSeconds } }),
  });
}

/** Where a step is run by it. */
function pythonOf({ nodes, python }: Graph): Pick<RunStart, 'python' | 'pythonFrom'> {
  if (python === undefined) return {};
  const isUsed = nodes.some(({ kind, engine }) => kind === 'python' || engine === 'torch');
  return isUsed ? { python: python.program, pythonFrom: python.from } : {};
}

async function openInProcessPool(): Promise<NodePool> {
  const [{ InProcessPool }, { kinds }] = await Promise.all([
    import('../../run/local/in-process-pool.js'),
    import('../../kinds/registry.js'),
  ]);
  return new InProcessPool(kinds);
}

/** The nodes without a result. */
function openNodes({ nodes }: Plan): readonly GraphNode[] {
  return nodes.filter(({ state }) => state !== 'hit').map(({ node }) => node);
}

/** What the run will do, and how long it may take by what runs before it took. */
function outlineRun({ root, graph, plan: planned }: PlannedPipeline, total: Resources) {
  return outlinePlan(planned, total, earlierDurations(root, graph.name, openNodes(planned)));
}

/** Keeps what the code of the kinds and engines to run was made of, and what their programs import, for a later `explain`. */
async function keepCodeManifests({ plan: planned, store, codes }: PlannedPipeline): Promise<void> {
  const open = openNodes(planned);
  const manifests = new Set([
    ...open.map(({ kind }) => codes.kinds[kind]?.manifest),
    ...open.map(({ imports }) => imports?.manifest),
    ...open.map(({ engine }) => (engine === undefined ? undefined : codes.engines[engine]?.manifest)),
  ]);
  for (const manifest of manifests) if (manifest !== undefined) await store.putText(manifest);
}

/** The page to open: this run's, or the one of the earlier run whose tables it points at. */
function placeOfReport(root: string, folder: RunFolder, report: Report | undefined): string {
  const pages = [folder.path, ...(report === undefined ? [] : [runFolderOf(root, report.tables)])];
  return pages.map((one) => join(one, 'report.html')).find((page) => existsSync(page)) ?? folder.path;
}
