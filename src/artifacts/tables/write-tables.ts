import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { curveOrder } from '../../kinds/program/typed/written-curve.js';
import type { Store } from '../../store/store.js';
import { type Database, type Row, sqlName, withDatabase } from '../../tables/database.js';
import { writeParquet, writeRowsParquet } from '../../tables/parquet.js';
import { type ResultTableName, resultSchemas } from '../../tables/result-schemas.js';
import type { FinishedRun } from '../finished-run.js';
import type { TuningBudget } from '../summary/tuning.js';
import { verifyFiles } from '../verify-files.js';
import { collectRows, type RowsFile } from './collect-rows.js';
import { type HistoryFile, lastStepBefore, withStepsOnce } from './history-files.js';
import {
  type CollectedTable,
  lineageRows,
  paramRows,
  resultFiles,
  runRow,
  type shownTables,
  stepRows,
  tableContents,
} from './result-rows.js';
import { unfinishedCurves } from './unfinished-curves.js';

/** The rows of the tables that figures are shown from, in the tables' order. */
export type ShownRows = { readonly [table in (typeof shownTables)[number]]: readonly Row[] } & {
  /** The segments of programs that seem to count their steps anew. */
  readonly restarted: readonly string[];
};

/** Tables of which the report shows nothing: they are written beside it. */
const tablesBeside: readonly CollectedTable[] = ['ranks'];

/** The tables that a report is made from, and those that are still being written. */
export interface WrittenTables {
  readonly rows: ShownRows;
  /** Resolves when all tables are there. */
  readonly rest: Promise<void>;
}

/** Where the rows of a run come from and go to. */
interface TablesOfRun {
  readonly finished: FinishedRun;
  /** The run's identity, `<pipeline>/<tag>`. */
  readonly run: string;
  /** Of the project, absolute. */
  readonly root: string;
  /** Absolute. */
  readonly folder: string;
  readonly filesOf: (table: CollectedTable) => readonly (RowsFile & HistoryFile)[];
}

/**
 * Writes all result tables of a run into a folder, empty ones too, and returns the rows of those that are shown as soon
 * as all are there that a report is made from. Every object is verified before it is read.
 *
 * @param run the run's identity, `<pipeline>/<tag>`
 * @param root of the project, absolute
 * @param budgets what the models of summaries were tuned on
 * @param scope without `whole`, only those that a report is made from
 * @throws FailureError `object-corrupt` where an object is not what its name says
 */
export async function writeTables(
  finished: FinishedRun,
  run: string,
  root: string,
  store: Pick<Store, 'verify' | 'objectPath'>,
  folder: string,
  budgets: readonly TuningBudget[],
  scope: 'whole' | 'of the report' = 'whole',
): Promise<WrittenTables> {
  const collected = Object.keys(tableContents) as CollectedTable[];
  const beside = collected.filter((table) => tablesBeside.includes(table));
  const files = new Map(collected.map((table) => [table, resultFiles(finished.nodes, table)]));
  const written = scope === 'whole' ? collected : collected.filter((table) => !beside.includes(table));
  await verifyFiles(
    written.flatMap((table) => files.get(table) ?? []),
    store,
  );
  const filesOf = (table: CollectedTable) =>
    (files.get(table) ?? []).map((file) => ({
      ...file,
      path: store.objectPath(file.digest),
      unfinished: null,
    }));
  const tables: TablesOfRun = { finished, run, root, folder, filesOf };
  const ofReport = collected.filter((table) => !beside.includes(table));
  const rest = scope === 'whole' ? writeEach(tables, beside) : Promise.resolve();
  // Whoever waits for it is told; until then it is nobody's.
  rest.catch(() => undefined);
  try {
    const rows = await withDatabase({ threads: 2 }, (database) =>
      writeTablesOfReport(database, tables, ofReport, budgets),
    );
    return { rows, rest };
  } catch (error) {
    await rest.catch(() => undefined);
    throw error;
  }
}

async function writeEach(tables: TablesOfRun, names: readonly CollectedTable[]): Promise<void> {
  await withDatabase({ threads: 2 }, async (database) => {
    for (const table of names) await writeCollected(database, tables, table, tables.filesOf(table));
  });
}

async function writeTablesOfReport(
  database: Database,
  tables: TablesOfRun,
  names: readonly CollectedTable[],
  budgets: readonly TuningBudget[],
): Promise<ShownRows> {
  const { finished, run, root, folder, filesOf } = tables;
  const target = (table: ResultTableName) => targetOf(folder, table);
  await writeRunRow(database, runRow(finished, run), target('runs').path);
  await writeRowsParquet(database, { ...target('steps'), rows: stepRows(finished, run) });
  await writeRowsParquet(database, { ...target('params'), rows: paramRows(finished, run) });
  await writeRowsParquet(database, { ...target('lineage'), rows: lineageRows(finished, run) });
  const orders = new Map<string, readonly string[]>();
  const restarted: string[] = [];
  for (const table of names) {
    const { whole, made, ...curves } =
      table === 'history'
        ? await curveFiles(database, finished, filesOf(table), root, folder)
        : { whole: filesOf(table), made: [], restarted: [] };
    for (const node of curves.restarted) restarted.push(node);
    orders.set(table, await writeCollected(database, tables, table, whole, budgets));
    for (const path of made) rmSync(path);
  }
  const shown = async (table: (typeof shownTables)[number]) =>
    await database.rows(`FROM ${table} ORDER BY ${(orders.get(table) ?? []).map(sqlName).join(', ')}`);
  return {
    metrics: await shown('metrics'),
    summary: await shown('summary'),
    breakdown: await shown('breakdown'),
    drift_summary: await shown('drift_summary'),
    restarted,
  };
}

function targetOf(folder: string, table: ResultTableName) {
  return { ...resultSchemas[table], path: join(folder, `${table}.parquet`) };
}

/** Writes the rows of all files of a table; returns what they are ordered by. */
async function writeCollected(
  database: Database,
  { run, folder }: TablesOfRun,
  table: CollectedTable,
  files: readonly RowsFile[],
  budgets: readonly TuningBudget[] = [],
): Promise<readonly string[]> {
  const extra = await collectRows(database, table, files, run);
  if (table === 'summary') await addBudgets(database, budgets);
  const orderBy = [...resultSchemas[table].orderBy, ...extra];
  await writeParquet(database, { query: `FROM ${table}`, orderBy, path: targetOf(folder, table).path });
  return orderBy;
}

/** Says of each model what it was tuned on, which its file, whose key knows no steps, cannot. */
async function addBudgets(database: Database, budgets: readonly TuningBudget[]): Promise<void> {
  for (const { node, input, settings, users } of budgets) {
    await database.run(
      `UPDATE summary SET tuned_over = $settings, tuned_users = $users
       WHERE node = $node AND (model = $input OR starts_with(model, $input || '['))`,
      { node, input, settings, users },
    );
  }
}

async function writeRunRow(database: Database, row: ReturnType<typeof runRow>, path: string): Promise<void> {
  const { columns, orderBy } = resultSchemas.runs;
  const cells = Object.entries(columns).map(([name, type]) => `CAST($${name} AS ${type}) AS ${name}`);
  const parameters = Object.fromEntries(Object.keys(columns).map((name) => [name, row[name] ?? null]));
  // COPY takes no parameters inside its query on every path, so the row stands in a table first.
  await database.run(`CREATE TEMP TABLE run_to_write AS SELECT ${cells.join(', ')}`, parameters);
  await writeParquet(database, { query: 'FROM run_to_write', orderBy, path });
}

/** The files of curves, each step once, and those of curves without a result; what was made for it is to be removed. */
async function curveFiles(
  database: Database,
  finished: FinishedRun,
  given: readonly (RowsFile & HistoryFile)[],
  root: string,
  folder: string,
): Promise<{
  readonly whole: readonly RowsFile[];
  readonly made: readonly string[];
  readonly restarted: readonly string[];
}> {
  const { files, made, restarted } = await withStepsOnce(database, finished.nodes, given, folder);
  const left = await unfinishedFiles(database, finished, files, root, folder);
  return { whole: [...files, ...left], made: [...made, ...left.map(({ path }) => path)], restarted };
}

/** Files of the curves that have no result, in a folder for the time being, beside those that have one. */
async function unfinishedFiles(
  database: Database,
  { nodes }: FinishedRun,
  whole: readonly HistoryFile[],
  root: string,
  folder: string,
): Promise<readonly RowsFile[]> {
  const files: RowsFile[] = [];
  for (const unfinished of await unfinishedCurves(nodes, root, { threads: 1 })) {
    const { node, curve, curveNode: _, ...rest } = unfinished;
    const path = join(folder, `.unfinished-${files.length}.parquet`);
    const before = await lastStepBefore(database, nodes, whole, unfinished);
    const rows = curve.rows.map((row) => ({ ...row, iteration: row.iteration + before }));
    await writeRowsParquet(database, { columns: curve.columns, rows, orderBy: curveOrder, path });
    files.push({ ...rest, shownAs: node, role: null, path });
  }
  return files;
}
