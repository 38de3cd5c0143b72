import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { filesOfRun } from '../artifacts/files-of-run.js';
import type { FinishedRun } from '../artifacts/finished-run.js';
import { diffName, originOf } from '../artifacts/provenance/provenance.js';
import {
  identityOf,
  type Register,
  type RunRecord,
  readRegister,
  registerRun,
  replaceRecord,
} from '../artifacts/register.js';
import {
  type Figures,
  figuresOf,
  type Manifest,
  type Report,
  readReport,
} from '../artifacts/run-documents.js';
import type { RunFolder } from '../artifacts/run-folder.js';
import { shareResults } from '../artifacts/runs/shared-results.js';
import type { ChosenRow } from '../artifacts/summary/tuning.js';
import { isSynthetic, resultFiles, shownTables, testEvaluations } from '../artifacts/tables/result-rows.js';
import { verifyFiles } from '../artifacts/verify-files.js';
import { recordedFiles, spoiltFiles } from '../artifacts/verify-run.js';
import { sha256 } from '../base/canonical.js';
import { exitCodeOf } from '../base/exit-code.js';
import type { Failure } from '../base/failure.js';
import { failureOfException } from '../base/failure-of-exception.js';
import { writeFile } from '../base/files/write-file.js';
import { failed, type Result, success } from '../base/result.js';
import type { Store } from '../store/store.js';
import { readChosenRows } from './chosen-rows.js';
import type { DrawnPage } from './html/write-page.js';
import { type NewTables, newTables, writeDocument } from './new-tables.js';
import { manifestOf, wholeReport } from './run-report.js';

/** A run's report, and what kept its page from being written. */
export interface WrittenReport {
  readonly report: Report;
  /** Of report.html and its figures; the rest is there and the run is registered. */
  readonly pageFailure?: Failure;
}

/**
 * Writes a finished run's documents and tables into its folder, report.html with them, and registers it, also where
 * it failed.
 *
 * A run that executed nothing, with the results of an earlier run of its pipeline, has that one's tables as further names
 * of the same files, and, unless it was given a name, shows that one's page; DuckDB is not even loaded then.
 *
 * The page is drawn beside the tables that it shows nothing of, and written when the run is registered: whatever ends the
 * process before that, `kshot report` makes it.
 *
 * @throws FailureError `object-corrupt` where a number would come from bytes that are not what was stored; the run
 *   is registered all the same, without tables
 */
export async function writeReport(
  root: string,
  finished: FinishedRun,
  folder: RunFolder,
  store: Pick<Store, 'verify' | 'objectPath'>,
): Promise<WrittenReport> {
  const identity = identityOf({ pipeline: finished.graph.name, run: finished.run });
  const manifest = manifestOf(finished);
  const signature = signatureOf(finished, manifest);
  writeDocument(folder, 'manifest.json', manifest);
  writeDocument(folder, 'config.json', finished.graph.configuration);
  if (finished.diff !== undefined) writeFile(join(folder.path, diffName), finished.diff);

  const earlier = executedNothing(finished)
    ? await earlierResults(root, finished.graph.name, signature)
    : undefined;
  const tables = earlier?.report.tables ?? identity;
  const chosen = await readChosenRows(finished.nodes, store);
  const made = await figuresOfRun(finished, root, earlier, identity, folder, store, chosen);
  const testSets = testSetCounts(finished, readRegister(root));
  const putReport = (exitCode: number, figures?: Figures): Report => {
    const report = {
      ...wholeReport({ ...finished, exitCode }, tables, chosen, figures),
      test_sets: testSets,
    };
    writeDocument(folder, 'report.json', report);
    return report;
  };
  const register = (report: Report, files: RunRecord['files'], write: (record: RunRecord) => void) =>
    write(recordOf({ ...finished, exitCode: report.exit_code }, tables, signature, files));
  const registerAnew = (record: RunRecord) => registerRun(root, record);

  const figures = made.ok ? made.value.figures : undefined;
  let report = putReport(exitCodeWith(made, finished), figures);
  // Whoever names a run wants to find it under that name; the others show the page of the earlier run.
  const drawn =
    made.ok && (earlier === undefined || folder.isNamed)
      ? settled(draw(folder, report, manifest))
      : undefined;
  const rest = made.ok ? await settled(made.value.rest) : made;
  if (!rest.ok) {
    await drawn;
    // Half a table would break every query.
    rmSync(join(folder.path, 'tables'), { recursive: true, force: true });
    report = putReport(exitCodeWith(rest, finished));
    register(report, await filesOfRun(folder.path), registerAnew);
    throw rest.failure;
  }
  const files = await filesOfRun(folder.path);
  register(report, files, registerAnew);
  if (drawn === undefined) return { report };
  const pageFailure = await failureOfPage(folder, await drawn, files);
  const { 'report.json': _, ...others } = files;
  if (pageFailure !== undefined) {
    report = putReport(Math.max(report.exit_code, exitCodeOf(pageFailure.reason)), figures);
  }
  const unchanged = pageFailure === undefined ? files : others;
  register(report, await filesOfRun(folder.path, unchanged), (record) => replaceRecord(root, record));
  return { report, ...(pageFailure === undefined ? {} : { pageFailure }) };
}

/** A run whose tables could not be written has failed. */
function exitCodeWith({ ok }: Result<unknown, unknown>, finished: FinishedRun): number {
  return ok ? finished.exitCode : Math.max(finished.exitCode, 1);
}

async function settled<Value>(promise: Promise<Value>): Promise<Result<Value, unknown>> {
  return await promise.then(success, (error: unknown) => failed(error));
}

async function draw(folder: RunFolder, report: Report, manifest: Manifest): Promise<DrawnPage> {
  const { drawPage } = await import('./html/write-page.js');
  return await drawPage(folder.path, report, manifest);
}

/** Writes the page; what goes wrong takes nothing of the results with it. */
async function failureOfPage(
  folder: RunFolder,
  drawn: Result<DrawnPage, unknown>,
  files: RunRecord['files'],
): Promise<Failure | undefined> {
  try {
    if (!drawn.ok) throw drawn.failure;
    const { putPage } = await import('./html/write-page.js');
    await putPage(folder.path, drawn.value, files);
    return undefined;
  } catch (error) {
    for (const name of ['report.html', 'figures']) {
      rmSync(join(folder.path, name), { recursive: true, force: true });
    }
    const failure = failureOfException(error);
    const hint = 'the results are complete; kshot report tries again';
    return {
      ...failure,
      message: `report.html was not written: ${failure.message}`,
      hint: failure.hint === undefined ? hint : `${failure.hint}\n${hint}`,
    };
  }
}

/** The run's figures, and its tables where they are new; whatever goes wrong is given back, to be thrown later. */
async function figuresOfRun(
  finished: FinishedRun,
  root: string,
  earlier: EarlierResults | undefined,
  identity: string,
  folder: RunFolder,
  store: Pick<Store, 'verify' | 'objectPath'>,
  chosen: readonly ChosenRow[],
): Promise<Result<NewTables, unknown>> {
  try {
    if (earlier === undefined)
      return success(await newTables(finished, root, identity, folder, store, chosen));
    await verifyFiles(
      shownTables.flatMap((table) => resultFiles(finished.nodes, table)),
      store,
    );
    shareResults(root, earlier.record, folder.path);
    return success({ figures: figuresOf(earlier.report), rest: Promise.resolve() });
  } catch (error) {
    return failed(error);
  }
}

function executedNothing({ nodes }: FinishedRun): boolean {
  return nodes.every((node) => node.outcome === 'hit');
}

/** A run and what it found. */
interface EarlierResults {
  readonly record: RunRecord;
  readonly report: Report;
}

/** The latest run of a pipeline with this signature whose tables are its own, still there and what it wrote. */
async function earlierResults(
  root: string,
  pipeline: string,
  signature: string,
): Promise<EarlierResults | undefined> {
  const record = readRegister(root).runs.findLast(
    (one) => one.pipeline === pipeline && one.signature === signature && one.tables === identityOf(one),
  );
  if (record === undefined) return undefined;
  const hasTables = recordedFiles(root, record, 'tables/').length > 0;
  if (!hasTables || (await spoiltFiles(recordedFiles(root, record))).length > 0) return undefined;
  const report = readReport(root, record.tables);
  return report && { record, report };
}

/** Equal for runs whose tables say the same but for times: the same settings, nodes, keys and contents. */
function signatureOf(finished: FinishedRun, manifest: Manifest): string {
  const nodes = manifest.nodes.map(({ id, key, outputs }) => [id, key, outputs]);
  // Where files are published changes no table.
  const { publish: _, ...configuration } = finished.graph.configuration;
  return sha256(JSON.stringify([configuration, finished.graph.engine, nodes]));
}

/** How often each test set of the run has been looked at, by distinct keys over all runs. */
function testSetCounts(finished: FinishedRun, register: Register): Report['test_sets'] {
  const evaluated = testEvaluations(finished);
  return [...new Set(evaluated.map(({ test_set }) => test_set))].sort().map((test_set) => {
    const own = evaluated.filter((one) => one.test_set === test_set).map(({ key }) => key);
    const keys = new Set([...(register.test_sets[test_set]?.keys ?? []), ...own]);
    return { test_set, evaluations: keys.size };
  });
}

function recordOf(
  finished: FinishedRun,
  tables: string,
  signature: string,
  files: RunRecord['files'],
): RunRecord {
  return {
    version: 1,
    run: finished.run,
    pipeline: finished.graph.name,
    file: finished.graph.file,
    started_at: finished.startedAt,
    seconds: finished.seconds,
    exit_code: finished.exitCode,
    counts: finished.counts,
    engine: finished.graph.engine,
    synthetic: isSynthetic(finished),
    ...(finished.provenance === undefined ? {} : { origin: originOf(finished.provenance) }),
    tables,
    signature,
    test_evaluations: testEvaluations(finished),
    files,
  };
}
