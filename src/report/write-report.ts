import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { driftSummaries } from '../artifacts/drift-table.js';
import { filesOfRun } from '../artifacts/files-of-run.js';
import type { FinishedRun } from '../artifacts/finished-run.js';
import { metricRows } from '../artifacts/metric-table.js';
import { outputFiles } from '../artifacts/outputs-of-content.js';
import { diffName, originOf } from '../artifacts/provenance/provenance.js';
import {
  identityOf,
  type Register,
  type RunRecord,
  readRegister,
  registerRun,
} from '../artifacts/register.js';
import {
  filesOfContent,
  isSynthetic,
  type ResultFile,
  resultFiles,
  shownTables,
  testEvaluations,
} from '../artifacts/result-rows.js';
import {
  type Figures,
  figuresOf,
  type Manifest,
  type Report,
  readReport,
} from '../artifacts/run-documents.js';
import type { RunFolder } from '../artifacts/run-folder.js';
import { shareResults } from '../artifacts/runs/shared-results.js';
import { breakdownRows } from '../artifacts/summary/breakdown-table.js';
import { summaryRows } from '../artifacts/summary/summary-table.js';
import { type ChosenRow, tuningBudgets } from '../artifacts/summary/tuning.js';
import { verdictOf } from '../artifacts/summary/verdict.js';
import { verifyFiles } from '../artifacts/verify-files.js';
import { recordedFiles, spoiltFiles } from '../artifacts/verify-run.js';
import { sha256 } from '../base/canonical.js';
import { exitCodeOf } from '../base/exit-code.js';
import type { Failure } from '../base/failure.js';
import { failureOfException } from '../base/failure-of-exception.js';
import { writeFile } from '../base/files/write-file.js';
import type { Json } from '../base/json.js';
import { failed, type Result, success } from '../base/result.js';
import { kshotVersion } from '../run/kshot-version.js';
import type { Store } from '../store/store.js';
import { cautionsOf, choicesOf, winnersOf } from './cautions.js';
import { readChosenRows } from './chosen-rows.js';
import { warningsOfData } from './data-warnings.js';
import { keyFindings } from './key-findings.js';
import { packageVersions } from './package-versions.js';
import { isComplete, publishedPath } from './publish/due-publications.js';

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
  const choices = choicesOf(chosen);
  const winners = winnersOf(chosen);
  const cautions = made.ok ? cautionsOf(made.value, chosen) : [];
  const testSets = testSetCounts(finished, readRegister(root));
  const reportWith = (exitCode: number): Report => ({
    ...reportOf({ ...finished, exitCode }, tables, made.ok ? made.value : noFigures),
    ...(choices.length === 0 ? {} : { choices }),
    ...(Object.keys(winners).length === 0 ? {} : { winners }),
    ...(cautions.length === 0 ? {} : { cautions }),
    test_sets: testSets,
  });
  const exitCode = made.ok ? finished.exitCode : Math.max(finished.exitCode, 1);
  let report = reportWith(exitCode);
  writeDocument(folder, 'report.json', report);
  // Whoever names a run wants to find it under that name; the others show the page of the earlier run.
  const pageFailure =
    made.ok && (earlier === undefined || folder.isNamed)
      ? await failureOfPage(folder, report, manifest)
      : undefined;
  if (pageFailure !== undefined) {
    report = reportWith(Math.max(exitCode, exitCodeOf(pageFailure.reason)));
    writeDocument(folder, 'report.json', report);
  }
  const ended = { ...finished, exitCode: report.exit_code };
  registerRun(root, recordOf(ended, tables, signature, await filesOfRun(folder.path)));
  if (!made.ok) throw made.failure;
  return { report, ...(pageFailure === undefined ? {} : { pageFailure }) };
}

/** Writes the page; what goes wrong takes nothing of the results with it. */
async function failureOfPage(
  folder: RunFolder,
  report: Report,
  manifest: Manifest,
): Promise<Failure | undefined> {
  try {
    const { writePage } = await import('./html/write-page.js');
    await writePage(folder.path, report, manifest, await filesOfRun(folder.path));
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

const noFigures: Figures = { metrics: [], summaries: [], breakdowns: [], drift: [], data_fingerprints: {} };

/** The run's figures, and its tables where they are new; whatever goes wrong is given back, to be thrown later. */
async function figuresOfRun(
  finished: FinishedRun,
  root: string,
  earlier: EarlierResults | undefined,
  identity: string,
  folder: RunFolder,
  store: Pick<Store, 'verify' | 'objectPath'>,
  chosen: readonly ChosenRow[],
): Promise<Result<Figures, unknown>> {
  try {
    if (earlier === undefined)
      return success(await newTables(finished, root, identity, folder, store, chosen));
    await verifyFiles(
      shownTables.flatMap((table) => resultFiles(finished.nodes, table)),
      store,
    );
    shareResults(root, earlier.record, folder.path);
    return success(figuresOf(earlier.report));
  } catch (error) {
    // Half a table would break every query.
    rmSync(join(folder.path, 'tables'), { recursive: true, force: true });
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

async function newTables(
  finished: FinishedRun,
  root: string,
  identity: string,
  folder: RunFolder,
  store: Pick<Store, 'verify' | 'objectPath'>,
  chosen: readonly ChosenRow[],
): Promise<Figures> {
  // Only where there are new ones: both load DuckDB.
  const [{ writeTables }, { writeExhibits }] = await Promise.all([
    import('../artifacts/write-tables.js'),
    import('./exhibits.js'),
  ]);
  const fingerprints = await writeFingerprints(finished, folder, store);
  await writeExhibits(finished, folder.path, store);
  const path = join(folder.path, 'tables');
  mkdirSync(path);
  const budgets = tuningBudgets(
    finished.nodes.map(({ node }) => node),
    chosen,
  );
  const rows = await writeTables(finished, identity, root, store, path, budgets);
  const nodes = finished.nodes.map(({ node }) => node.id);
  return {
    metrics: metricRows(rows.metrics, nodes),
    summaries: summaryRows(rows.summary, nodes),
    breakdowns: breakdownRows(rows.breakdown, nodes),
    drift: driftSummaries(rows.drift_summary, nodes),
    data_fingerprints: fingerprints,
    ...(rows.restarted.length === 0 ? {} : { restarted_curves: rows.restarted }),
  };
}

/** Copies what was found of the data: the cache may lose it to `gc`, the run's folder must not. */
async function writeFingerprints(
  finished: FinishedRun,
  folder: RunFolder,
  store: Pick<Store, 'verify' | 'objectPath'>,
): Promise<Figures['data_fingerprints']> {
  const files = filesOfContent(finished.nodes, 'fingerprint');
  if (files.length === 0) return {};
  await verifyFiles(files, store);
  const read = ({ digest }: ResultFile) => JSON.parse(readFileSync(store.objectPath(digest), 'utf8')) as Json;
  const fingerprints = Object.fromEntries(files.map((file) => [file.node, read(file)]));
  writeDocument(folder, 'fingerprints.json', fingerprints);
  return fingerprints;
}

function manifestOf(finished: FinishedRun): Manifest {
  return {
    version: 1,
    run: finished.run,
    pipeline: finished.graph.name,
    file: finished.graph.file,
    started_at: finished.startedAt,
    kshot: kshotVersion(),
    node: process.version,
    platform: { os: process.platform, architecture: process.arch },
    engine: finished.graph.engine,
    engine_choice: { asked: finished.graph.engineAsked, why: finished.graph.engineReason },
    packages: packageVersions(),
    ...(finished.provenance === undefined ? {} : { provenance: finished.provenance }),
    nodes: finished.nodes.map((one) => ({
      id: one.node.id,
      step: one.node.step,
      kind: one.node.kind,
      ...(one.node.derivedFrom === undefined ? {} : { derived_from: one.node.derivedFrom }),
      ...(Object.keys(one.node.names).length === 0 ? {} : { names: one.node.names }),
      outcome: one.outcome,
      reason: one.reason,
      seconds: one.seconds,
      deterministic: one.entry?.facts.deterministic ?? one.node.deterministic,
      ...(one.entry === undefined ? {} : { computed_seconds: one.entry.facts.seconds }),
      ...(one.key === undefined ? {} : { key: one.key }),
      ...(one.node.engine === undefined ? {} : { engine: one.node.engine }),
      ...(one.entry?.facts.device === undefined ? {} : { device: one.entry.facts.device }),
      outputs: Object.fromEntries(outputFiles(one).map(({ path, reference }) => [path, reference])),
      roles: Object.fromEntries(Object.entries(one.node.roles).filter(([, roles]) => roles.length > 0)),
    })),
  };
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

function reportOf(finished: FinishedRun, tables: string, figures: Figures): Omit<Report, 'test_sets'> {
  const claims = claimsOf(finished);
  return {
    version: 1,
    run: finished.run,
    pipeline: finished.graph.name,
    started_at: finished.startedAt,
    seconds: finished.seconds,
    exit_code: finished.exitCode,
    engine: finished.graph.engine,
    synthetic: isSynthetic(finished),
    waivers: finished.graph.waivers,
    ...(claims.length === 0 ? {} : { claims }),
    warnings: [
      ...finished.graph.warnings.map((warning) => warning.message),
      ...warningsOfData(figures.data_fingerprints),
    ],
    counts: finished.counts,
    not_deterministic: finished.nodes
      .filter(({ entry }) => entry?.facts.deterministic === false)
      .map(({ node }) => node.id),
    failures: finished.nodes.flatMap(({ node, failure, log, left }) =>
      failure === undefined
        ? []
        : [
            {
              node: node.id,
              reason: failure.reason,
              message: failure.message,
              ...(log === undefined ? {} : { log }),
              ...(left === undefined ? {} : { left }),
            },
          ],
    ),
    tables,
    ...figures,
    verdict: verdictOf(figures.summaries),
    key_findings: keyFindings(figures.summaries),
    outputs: finished.graph.publications
      .filter((publication) => isComplete(publication, finished))
      .map((publication) => ({
        path: publishedPath(publication, finished.run),
        source: publication.source,
      })),
  };
}

/** What steps say of what their outputs were computed from, each once. */
function claimsOf({ nodes }: FinishedRun): NonNullable<Report['claims']> {
  const claims = new Map<string, readonly string[]>();
  for (const { node } of nodes) {
    for (const [port, { from = [], isClaimed }] of Object.entries(node.outputs)) {
      if (isClaimed === true) claims.set(`${node.step}.${port}`, from);
    }
  }
  return [...claims].map(([output, from]) => ({ output, from }));
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

function writeDocument(folder: RunFolder, name: string, value: unknown): void {
  writeFile(join(folder.path, name), `${JSON.stringify(value, null, 1)}\n`);
}
