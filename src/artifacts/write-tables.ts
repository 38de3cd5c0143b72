import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '../base/json.js';
import { curveOrder } from '../kinds/program/typed/written-curve.js';
import type { Store } from '../store/store.js';
import { type Database, type Row, sqlName, sqlText, withDatabase } from '../tables/database.js';
import { columnNamer } from '../tables/free-names.js';
import { narrowestType } from '../tables/narrowest-type.js';
import { withoutWildcards, writeParquet, writeRowsParquet } from '../tables/parquet.js';
import { type ResultTableName, resultSchemas } from '../tables/result-schemas.js';
import type { FinishedRun } from './finished-run.js';
import { type HistoryFile, lastStepBefore, withStepsOnce } from './history-files.js';
import {
  type CollectedTable,
  lineageRows,
  paramRows,
  type ResultFile,
  resultFiles,
  runRow,
  type shownTables,
  stepRows,
  tableContents,
} from './result-rows.js';
import type { TuningBudget } from './summary/tuning.js';
import { type UnfinishedCurve, unfinishedCurves } from './unfinished-curves.js';
import { verifyFiles } from './verify-files.js';

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
  const { extra } = await collect(database, table, files, run);
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

/** A file of rows of a node. */
interface RowsFile extends Pick<ResultFile, 'shownAs' | 'step' | 'role' | 'names'> {
  /** Absolute. */
  readonly path: string;
  /** What became of the node, where it came to no result. */
  readonly unfinished: UnfinishedCurve['unfinished'] | null;
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

/** A collected table, and the columns that it has beside its schema's. */
interface Collected {
  readonly extra: readonly string[];
}

/**
 * Makes a table of all files of one content, with the run, node, step and role that each row is of. Columns of the files
 * that its schema does not have are added, and where that is what rows are told apart by, the names of their nodes.
 */
async function collect(
  database: Database,
  table: CollectedTable,
  files: readonly RowsFile[],
  run: string,
): Promise<Collected> {
  const { columns } = resultSchemas[table];
  const definition = Object.entries(columns).map(([name, type]) => `${sqlName(name)} ${type}`);
  await database.run(`CREATE TEMP TABLE ${table} (${definition.join(', ')})`);
  if (files.length === 0) return { extra: [] };
  const paths = [...new Set(files.map(({ path }) => path))];
  const read = `read_parquet([${paths.map((path) => sqlText(withoutWildcards(path))).join(', ')}], filename = true, union_by_name = true, hive_partitioning = false)`;
  const described = await database.rows(`DESCRIBE FROM ${read}`);
  const found = described.map((row) => ({
    name: String(row['column_name']),
    type: String(row['column_type']),
  }));
  const taken = Object.entries(columns).filter(
    ([name]) => name !== 'run' && !sourceColumns.includes(name) && found.some((one) => one.name === name),
  );
  const own = tablesWithSettings.includes(table)
    ? settingColumns(columns, found, files, await contradicted(database, read, found, files))
    : [];
  for (const { column, type } of own) {
    await database.run(`ALTER TABLE ${table} ADD COLUMN ${sqlName(column)} ${type}`);
  }
  const named = own.flatMap((one) => (one.cellOf === undefined ? [] : [{ ...one, cellOf: one.cellOf }]));
  const sources = files.map((file) => {
    const { path, shownAs, step, role, unfinished, names } = file;
    const values = named.map(({ cellOf }) => cellOf(names));
    return valuesRow([path, shownAs, step, role, unfinished, ...values]);
  });
  const selected = [
    `${sqlText(run)} AS run`,
    ...sourceColumns.filter((name) => name in columns).map((name) => `source.${name}`),
    // What a program wrote under the name of such a column need not be of its type.
    ...taken.map(([name, type]) => `TRY_CAST(content.${sqlName(name)} AS ${type}) AS ${sqlName(name)}`),
    ...own.map(({ column, type, from, cellOf }) => {
      const cells = [
        ...(from === undefined ? [] : [`content.${sqlName(from)}`]),
        ...(cellOf === undefined ? [] : [`source.${sqlName(column)}`]),
      ].map((cell) => `CAST(${cell} AS ${type})`);
      return `coalesce(${cells.join(', ')}) AS ${sqlName(column)}`;
    }),
  ];
  const sourceNames = ['file', ...sourceColumns, ...named.map(({ column }) => column)].map(sqlName);
  await database.run(
    `INSERT INTO ${table} BY NAME
     SELECT ${selected.join(', ')}
     FROM ${read} AS content
     JOIN (VALUES ${sources.join(', ')}) AS source (${sourceNames.join(', ')}) ON source.file = content.filename`,
  );
  return { extra: own.map(({ column }) => column) };
}

/** What a row gets from the node that it is of. */
const sourceColumns: readonly string[] = ['node', 'step', 'role', 'unfinished'];
/** Tables whose rows programs write too, which may have columns of their own. */
const tablesWithSettings: readonly CollectedTable[] = ['metrics', 'history', 'ranks'];

/** A column beside those of a table's schema. */
interface SettingColumn {
  readonly column: string;
  readonly type: string;
  /** The files' column that it is. */
  readonly from?: string;
  /** What it is for a node, from its names, as text; of both, where a file does not say. */
  readonly cellOf?: (names: JsonObject) => string | null;
}

/** A column of files. */
interface FoundColumn {
  readonly name: string;
  readonly type: string;
}

function valuesRow(cells: readonly (string | null)[]): string {
  return `(${cells.map((text) => (text === null ? 'NULL' : sqlText(text))).join(', ')})`;
}

/** Names of nodes that are columns of files too, which say something else of the same node. */
async function contradicted(
  database: Database,
  read: string,
  found: readonly FoundColumn[],
  files: readonly RowsFile[],
): Promise<ReadonlySet<string>> {
  const contradictedNames = new Set<string>();
  for (const { name } of found) {
    const known = files.flatMap(({ path, names }) => {
      const value = names[name];
      return value === undefined || value === null
        ? []
        : [valuesRow([path, typeof value === 'string' ? value : JSON.stringify(value)])];
    });
    if (known.length === 0) continue;
    const column = `content.${sqlName(name)}`;
    const [other] = await database.rows(
      `SELECT 1 FROM ${read} AS content JOIN (VALUES ${known.join(', ')}) AS source (file, known) ON source.file = content.filename
       WHERE NOT coalesce(TRY_CAST(${column} AS DOUBLE) = TRY_CAST(known AS DOUBLE), CAST(${column} AS VARCHAR) = known) LIMIT 1`,
    );
    if (other !== undefined) contradictedNames.add(name);
  }
  return contradictedNames;
}

/**
 * Further columns of the files and the names of nodes; one of a file that contradicts its node's has an underscore
 * behind it.
 */
function settingColumns(
  columns: { readonly [name: string]: string },
  found: readonly FoundColumn[],
  files: readonly Pick<RowsFile, 'names'>[],
  contradicting: ReadonlySet<string>,
): readonly SettingColumn[] {
  // `source` columns and `run` are in no file of ours.
  const free = columnNamer(Object.keys(columns));
  const inFiles = found.filter(
    ({ name }) =>
      name !== 'filename' && (!(name in columns) || name === 'run' || sourceColumns.includes(name)),
  );
  const names = [...new Set(files.flatMap((file) => Object.keys(file.names)))];
  const nodeValues = (name: string) => {
    const { type, cell } = narrowestType(files.map((file) => file.names[name] ?? null));
    const cellOf = (of: JsonObject) => {
      const value = cell(of[name] ?? null);
      return value === null ? null : String(value);
    };
    return { type, cellOf };
  };
  const isShared = (name: string) => names.includes(name) && !contradicting.has(name);
  const ofNodes = names
    .filter((name) => !inFiles.some((one) => one.name === name && isShared(name)))
    .filter((name) => contradicting.has(name) || !found.some((one) => one.name === name))
    .map((name): SettingColumn => ({ column: free(name), ...nodeValues(name) }));
  const ofFiles = inFiles.map(({ name, type }): SettingColumn => {
    if (!isShared(name)) return { column: free(name), type, from: name };
    const { type: typeOfNodes, cellOf } = nodeValues(name);
    return { column: free(name), type: commonType(type, typeOfNodes), from: name, cellOf };
  });
  return [...ofFiles, ...ofNodes];
}

/** A type for the values of two columns that say the same where both say something. */
function commonType(one: string, other: string): string {
  const numbers = ['BIGINT', 'INTEGER', 'DOUBLE'];
  if (one === other) return one;
  return numbers.includes(one) && numbers.includes(other) ? 'DOUBLE' : 'VARCHAR';
}
