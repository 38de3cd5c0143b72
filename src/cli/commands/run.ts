import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { earlierDurations } from '../../artifacts/earlier-durations.js';
import type { FinishedRun } from '../../artifacts/finished-run.js';
import { runFolderOf } from '../../artifacts/register.js';
import { resultFiles, shownTables } from '../../artifacts/result-rows.js';
import type { Report } from '../../artifacts/run-documents.js';
import { createRunFolder, type RunFolder } from '../../artifacts/run-folder.js';
import { largestExitCode } from '../../base/exit-code.js';
import type { Failure } from '../../base/failure.js';
import { failureOfException } from '../../base/failure-of-exception.js';
import { type Result, success } from '../../base/result.js';
import type { GpuDevice } from '../../engines/gpu-devices.js';
import { forgetProbes } from '../../engines/kept-probes.js';
import { preloadPage } from '../../report/html/preload-page.js';
import { publishFiles } from '../../report/publish/publish-files.js';
import { writeReport } from '../../report/write-report.js';
import type { RunEvent } from '../../run/event.js';
import { machineGpus, machineSlots } from '../../run/local/machine.js';
import { outlinePlan } from '../../run/outline-plan.js';
import type { Resources } from '../../run/resources.js';
import type { RunOutcome } from '../../run/scheduler.js';
import type { Store } from '../../store/store.js';
import type { CacheHold } from '../../store/upkeep.js';
import { closingLines } from '../closing-lines.js';
import { commandName } from '../command-name.js';
import { openProject, type PlannedProject, type PlanningOptions } from '../open-project.js';
import { createReasons } from '../reasons.js';
import { openRunDisplay, type RunDisplay } from '../run-display.js';
import { failuresOf, repairedNodes } from '../run-failures.js';
import { shownPath } from '../shown-path.js';
import { type Cancellation, cancelOnSignals } from '../signals.js';
import { type CommonOptions, openTerminal, type Terminal } from '../terminal.js';
import { unavailableEngines } from '../unavailable-engines.js';
import { plan as printPlan } from './plan.js';

export interface RunOptions extends CommonOptions, PlanningOptions {
  readonly jobs?: number;
  readonly keepGoing?: boolean;
  readonly tag?: string;
  readonly dryRun?: boolean;
}

/** `kshot run [FILE] [targets]`: computes what is not there yet; events on stderr, or on stdout with `--json`. */
export async function run(options: RunOptions, targets: readonly string[]): Promise<number> {
  if (options.dryRun === true) return await printPlan(options, targets);
  const terminal = openTerminal(options, { events: true });
  let hold: CacheHold | undefined;
  try {
    return await planAndExecute(options, targets, terminal, async (store) => {
      hold = await store.hold();
    });
  } finally {
    hold?.close();
  }
}

async function planAndExecute(
  options: RunOptions,
  targets: readonly string[],
  terminal: Terminal,
  opening: (store: Store) => Promise<void>,
): Promise<number> {
  const opened = await openProject(targets, options, opening);
  if (!opened.ok) return terminal.fail(opened.failure);
  const sound = await withSoundResults(opened.value);
  if (!sound.ok) return terminal.fail(sound.failure);
  const { project, badNodes } = sound.value;
  const unavailable = await unavailableEngines(project);
  if (unavailable.length > 0) return terminal.fail(unavailable);
  for (const warning of project.graph.warnings) terminal.warn(warning);
  // First, so that a cache that cannot be written leaves no trace of a run.
  await keepCodeManifests(project);
  const folder = createRunFolder(project.root, project.graph.name, new Date(), options.tag);
  if (!folder.ok) return terminal.fail([folder.failure]);
  const display = openRunDisplay(terminal, {
    root: project.root,
    stop: () => cancellation.cancel(),
  });
  const cancellation = cancelOnSignals((line) => display.stopping(line));
  try {
    return await execute(project, badNodes, folder.value, options, targets, terminal, {
      display,
      cancellation,
    });
  } finally {
    display.close();
  }
}

/**
 * Verifies the results that a hit would show figures from, and plans again where one is bad: it was set aside, so
 * its node runs.
 */
async function withSoundResults(
  project: PlannedProject,
): Promise<Result<{ project: PlannedProject; badNodes: readonly string[] }, Failure[]>> {
  const bad = new Set<string>();
  const shown = shownTables.flatMap((table) => resultFiles(project.plan.nodes, table));
  for (const { node, digest, bytes } of shown) {
    if (!(await project.store.verify({ digest, bytes }))) bad.add(node);
  }
  if (bad.size === 0) return success({ project, badNodes: [] });
  const plan = await project.replan();
  return plan.ok ? success({ project: { ...project, plan: plan.value }, badNodes: [...bad] }) : plan;
}

async function execute(
  project: PlannedProject,
  badNodes: readonly string[],
  folder: RunFolder,
  options: RunOptions,
  targets: readonly string[],
  terminal: Terminal,
  { display, cancellation }: { readonly display: RunDisplay; readonly cancellation: Cancellation },
): Promise<number> {
  const { graph, store, root } = project;
  const { emit } = display;
  const startedAt = new Date();
  const slots = options.jobs ?? machineSlots();
  const gpus = machineGpus(graph.nodes);
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
    ...outlineRun(project, { slots, gpus: gpus.length }),
  });

  if (project.plan.nodes.some(({ state }) => state !== 'hit')) preloadPage(graph);
  const outcome = await executeNodes(project, folder, badNodes, options, {
    slots,
    gpus,
    emit,
    signal: cancellation.signal,
  });
  await store.saveIndex();
  const failures = failuresOf(outcome);
  if (failures.some(({ reason }) => reason === 'engine-unavailable' || reason === 'device-lost')) {
    forgetProbes(store.folder);
  }
  const exitCode = Math.max(cancellation.exitCode(), largestExitCode(failures));
  const seconds = () => (Date.now() - startedAt.getTime()) / 1000;
  const finished: FinishedRun = {
    run: folder.run,
    graph,
    nodes: outcome.nodes,
    startedAt: startedAt.toISOString(),
    seconds: seconds(),
    exitCode,
    counts: outcome.counts,
  };
  const written = await writeReport(root, finished, folder, store).catch((error: unknown) => {
    failures.push(failureOfException(error));
    return undefined;
  });
  if (written?.pageFailure !== undefined) failures.push(written.pageFailure);
  const report = written?.report;
  const published = await publishFiles(root, finished, folder, store).catch((error: unknown) => ({
    files: [],
    warnings: [],
    failures: [failureOfException(error)],
  }));
  for (const failure of published.failures) failures.push(failure);
  cancellation.stop();
  // A signal may have come while the report was written.
  const finalExitCode = Math.max(cancellation.exitCode(), largestExitCode(failures));
  const repaired = report === undefined ? [] : repairedNodes(outcome);
  if (terminal.json) terminal.fail(failures);
  emit({
    event: 'run.finish',
    time: new Date().toISOString(),
    run: folder.run,
    exitCode: finalExitCode,
    seconds: seconds(),
    counts: outcome.counts,
    ...(repaired.length === 0 ? {} : { repaired }),
    ...(published.files.length === 0
      ? {}
      : {
          published: published.files.map(({ path, source, outcome: what }) => ({
            path,
            source,
            outcome: what,
          })),
        }),
  });
  for (const warning of published.warnings) terminal.warn(warning);
  if (!terminal.json) {
    terminal.fail(failures);
    const closing = {
      finished,
      report,
      published: published.files,
      place: shownPath(placeOfReport(root, folder, report)),
      command: commandName(process.env),
      targets,
      options,
    };
    for (const line of closingLines(closing, terminal)) terminal.sayWhole(line);
  }
  return finalExitCode;
}

async function executeNodes(
  project: PlannedProject,
  folder: RunFolder,
  badNodes: readonly string[],
  options: RunOptions,
  {
    slots,
    gpus,
    emit,
    signal,
  }: {
    slots: number;
    gpus: readonly GpuDevice[];
    emit: (event: RunEvent) => void;
    signal: AbortSignal;
  },
): Promise<RunOutcome> {
  const { store, codes, root, plan: planned } = project;
  const force = options.force ?? [];
  const reasonFor = createReasons(project);
  const [{ executePlan }, { LocalExecutor }] = await Promise.all([
    import('../../run/scheduler.js'),
    import('../../run/local/local-executor.js'),
  ]);
  return await executePlan({
    plan: planned,
    store,
    executor: new LocalExecutor(store, { slots, gpus }),
    codes,
    root,
    options: {
      keepGoing: options.keepGoing === true,
      force: force.includes('') ? 'all' : force.length === 0 ? 'none' : force,
    },
    logFolder: folder.logs,
    badObjects: badNodes,
    emit,
    signal,
    reasonFor,
  });
}

/** What the run will do, and how long it may take by what runs before it took. */
function outlineRun({ root, graph, plan: planned }: PlannedProject, total: Resources) {
  const open = planned.nodes.filter(({ state }) => state !== 'hit').map(({ node }) => node);
  return outlinePlan(planned, total, earlierDurations(root, graph.name, open));
}

/** Keeps what the code of the kinds and engines to run was made of, for a later `explain`. */
async function keepCodeManifests({ plan: planned, store, codes }: PlannedProject): Promise<void> {
  const open = planned.nodes.filter(({ state }) => state !== 'hit').map(({ node }) => node);
  const manifests = new Set([
    ...open.map(({ kind }) => codes.kinds[kind]?.manifest),
    ...open.map(({ engine }) => (engine === undefined ? undefined : codes.engines[engine]?.manifest)),
  ]);
  for (const manifest of manifests) if (manifest !== undefined) await store.putText(manifest);
}

/** The page to open: this run's, or the one of the earlier run whose tables it points at. */
function placeOfReport(root: string, folder: RunFolder, report: Report | undefined): string {
  const page = join(report === undefined ? folder.path : runFolderOf(root, report.tables), 'report.html');
  return existsSync(page) ? page : folder.path;
}
