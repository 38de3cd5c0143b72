import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Manifest, ManifestNode } from '../artifacts/run-documents.js';
import { type RecordedFile, verifyRecordedFiles } from '../artifacts/verify-run.js';
import { type Database, sqlName, sqlText } from '../tables/database.js';
import { appendRows, type CellInput, parquetFile, withoutWildcards } from '../tables/parquet.js';
import type { AskedRuns } from './asked-runs.js';

/** A file of rows, and the runs that they are of. */
export interface SourceFile extends RecordedFile {
  /** The runs with these results, as `<pipeline>/<run>`; absent where the file's column `run` is right as it is. */
  readonly runs?: readonly string[];
  /** Of a file whose column is right, the run that it names. */
  readonly ofRun?: string;
}

/** A table that a query may read: rows in an order that follows from the sources alone. */
export interface SourceTable {
  readonly name: string;
  /** Column name -> DuckDB type; what a source lacks is null. */
  readonly columns: { readonly [name: string]: string };
  /** Parquet; of steps manifest.json, too, where a run has no such file. */
  readonly files: readonly SourceFile[];
  /** Rows that are in no file. */
  readonly rows?: readonly { readonly [column: string]: CellInput }[];
}

/** A table of which some files are asked for. */
export interface AskedTable extends SourceTable {
  /** Files of which the table has the columns and no row. */
  readonly others: readonly SourceFile[];
}

/** Leaves out the files of runs that are not asked for. */
export function divideTable(table: SourceTable, runs: AskedRuns): AskedTable {
  if (runs === undefined) return { ...table, others: [] };
  const isAsked = ({ runs: own, ofRun }: SourceFile) => {
    const named = own ?? (ofRun === undefined ? undefined : [ofRun]);
    return named === undefined || named.some((run) => runs.has(run));
  };
  return {
    ...table,
    files: table.files.filter(isAsked),
    // A manifest has no columns of its own.
    others: table.files.filter((file) => !isAsked(file) && !isManifest(file)),
  };
}

/** The files that are read while a query is answered. */
export function pathsOf({ files, others }: AskedTable): readonly string[] {
  return [...files, ...others].filter((file) => !isManifest(file)).map(({ path }) => path);
}

/** Makes tables that nothing is read of. */
export async function defineEmpty(database: Database, tables: readonly SourceTable[]): Promise<void> {
  await database.run(tables.map((table) => `CREATE TABLE ${definitionOf(table, table.name)}`).join('; '));
}

/**
 * Makes a table: a view of its files, which are read when a query wants them, and only as far as it does. What several
 * runs have in common is one file, whose rows stand there for each of them.
 */
export async function fillTable(database: Database, table: AskedTable): Promise<void> {
  const parts = partsOf(table);
  const own = parts.length === 0 ? table.name : `${table.name} in no file`;
  await database.run(`CREATE TABLE ${definitionOf(table, own)}`);
  await appendRows(database, own, table.rows ?? []);
  await appendManifests(database, own, table);
  if (parts.length === 0) return;
  const all = [`FROM ${sqlName(own)}`, ...parts].join(' UNION ALL BY NAME ');
  try {
    await database.run(`CREATE VIEW ${sqlName(table.name)} AS ${all}`);
  } catch (error) {
    // The columns of a file that was not looked at are its, too.
    await verifyRecordedFiles(table.others);
    throw error;
  }
}

function definitionOf({ columns }: SourceTable, name: string): string {
  const definition = Object.entries(columns).map(([column, type]) => `${sqlName(column)} ${type}`);
  return `${sqlName(name)} (${definition.join(', ')})`;
}

/** The rows of a table that are in parquet files, as SELECTs. Settings of the steps that rows are of have columns of their own. */
function partsOf({ files, others }: AskedTable): readonly string[] {
  const parquet = files.filter((file) => !isManifest(file));
  const asWritten = parquet.filter(({ runs }) => runs === undefined);
  return [
    ...(asWritten.length === 0 ? [] : [`FROM ${readAll(asWritten)}`]),
    ...parquet.flatMap(({ path, runs = [] }) => {
      const [run] = runs;
      if (run === undefined) return [];
      const rows = parquetFile(path);
      if (runs.length === 1) return [`SELECT * REPLACE (${sqlText(run)} AS run) FROM ${rows}`];
      return [`SELECT unnest([${runs.map(sqlText).join(', ')}]) AS run, * EXCLUDE (run) FROM ${rows}`];
    }),
    ...(others.length === 0 ? [] : [`FROM ${readAll(others)} WHERE false`]),
  ];
}

function isManifest({ path }: SourceFile): boolean {
  return basename(path) === 'manifest.json';
}

async function appendManifests(database: Database, name: string, { files }: SourceTable): Promise<void> {
  for (const { path, runs: [run = ''] = [] } of files.filter(isManifest)) {
    const { nodes } = JSON.parse(readFileSync(path, 'utf8')) as Manifest;
    await appendRows(
      database,
      name,
      nodes.map((node) => stepRow(node, run)),
    );
  }
}

function readAll(files: readonly RecordedFile[]): string {
  const paths = files.map(({ path }) => sqlText(withoutWildcards(path))).join(', ');
  return `read_parquet([${paths}], union_by_name = true, hive_partitioning = false)`;
}

/** The row of table `steps` for a node, as its run's manifest tells it. */
function stepRow(node: ManifestNode, run: string) {
  const { id, step, kind, outcome, reason, key, engine, deterministic, seconds, computed_seconds } = node;
  return {
    run,
    node: id,
    step,
    kind,
    outcome,
    reason,
    key,
    engine,
    deterministic,
    seconds,
    computed_seconds,
  };
}
