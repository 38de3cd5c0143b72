import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { driftSummaries } from '../artifacts/drift-table.js';
import type { FinishedRun } from '../artifacts/finished-run.js';
import { metricRows } from '../artifacts/metric-table.js';
import type { Figures } from '../artifacts/run-documents.js';
import type { RunFolder } from '../artifacts/run-folder.js';
import { breakdownRows } from '../artifacts/summary/breakdown-table.js';
import { summaryRows } from '../artifacts/summary/summary-rows.js';
import { type ChosenRow, tuningBudgets } from '../artifacts/summary/tuning.js';
import { filesOfContent, type ResultFile } from '../artifacts/tables/result-rows.js';
import { verifyFiles } from '../artifacts/verify-files.js';
import { writeFile } from '../base/files/write-file.js';
import type { Json } from '../base/json.js';
import type { Store } from '../store/store.js';

/** Those of a run without tables. */
export const noFigures: Figures = {
  metrics: [],
  summaries: [],
  breakdowns: [],
  drift: [],
  data_fingerprints: {},
};

/** What a run's tables tell, and those of them that are still being written. */
export interface NewTables {
  readonly figures: Figures;
  /** Resolves when all tables are there. */
  readonly rest: Promise<void>;
}

/**
 * Writes a run's tables into its folder, with what it keeps of its data and of what programs drew.
 *
 * @param identity `<pipeline>/<run>`
 * @param scope without `whole`, only what its page is made from
 * @throws FailureError `object-corrupt` where bytes are not what was stored
 */
export async function newTables(
  finished: FinishedRun,
  root: string,
  identity: string,
  folder: Pick<RunFolder, 'path'>,
  store: Pick<Store, 'verify' | 'objectPath'>,
  chosen: readonly ChosenRow[],
  scope: 'whole' | 'of the report' = 'whole',
): Promise<NewTables> {
  // Only where there are new ones: both load DuckDB.
  const [{ writeTables }, { writeExhibits }] = await Promise.all([
    import('../artifacts/tables/write-tables.js'),
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
  const { rows, rest } = await writeTables(finished, identity, root, store, path, budgets, scope);
  const nodes = finished.nodes.map(({ node }) => node.id);
  const figures = {
    metrics: metricRows(rows.metrics, nodes),
    summaries: summaryRows(rows.summary, nodes),
    breakdowns: breakdownRows(rows.breakdown, nodes),
    drift: driftSummaries(rows.drift_summary, nodes),
    data_fingerprints: fingerprints,
    ...(rows.restarted.length === 0 ? {} : { restarted_curves: rows.restarted }),
  };
  return { figures, rest };
}

/** Copies what was found of the data: the cache may lose it to `gc`, the run's folder must not. */
async function writeFingerprints(
  finished: FinishedRun,
  folder: Pick<RunFolder, 'path'>,
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

/** Writes a document into a run's folder. */
export function writeDocument(folder: Pick<RunFolder, 'path'>, name: string, value: unknown): void {
  writeFile(join(folder.path, name), `${JSON.stringify(value, null, 1)}\n`);
}
