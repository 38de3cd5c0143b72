import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Manifest, ManifestNode } from '../artifacts/run-documents.js';
import type { RecordedFile } from '../artifacts/verify-run.js';
import { type Database, sqlName, sqlText } from '../tables/database.js';
import { appendRows, type CellInput, parquetFile, withoutWildcards } from '../tables/parquet.js';

/** A file of rows, and the runs that they are of. */
export interface SourceFile extends RecordedFile {
  /** The runs with these results, as `<pipeline>/<run>`; absent where the file's column `run` is right as it is. */
  readonly runs?: readonly string[];
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

/**
 * Makes a table, with its rows where it is to be read. What several runs have in common is read once and stands in a view
 * for each of them, so that running again without a change makes no query larger.
 */
export async function fillTable(database: Database, table: SourceTable, isRead: boolean): Promise<void> {
  const shared = isRead ? table.files.filter(({ runs = [] }) => runs.length > 1) : [];
  const own = shared.length === 0 ? table.name : `${table.name} of one run`;
  const definition = Object.entries(table.columns).map(([name, type]) => `${sqlName(name)} ${type}`);
  await database.run(`CREATE TABLE ${sqlName(own)} (${definition.join(', ')})`);
  if (!isRead) return;
  await appendRows(database, own, table.rows ?? []);
  await fillFromFiles(database, own, table);
  const parts: string[] = [];
  for (const [index, { path, runs = [] }] of shared.entries()) {
    const name = sqlName(`${table.name} of several runs, ${index + 1}`);
    await database.run(`CREATE TABLE ${name} AS FROM ${parquetFile(path)}`);
    const list = runs.map(sqlText).join(', ');
    parts.push(`SELECT unnest([${list}]) AS run, * EXCLUDE (run) FROM ${name}`);
  }
  if (parts.length === 0) return;
  const all = [`FROM ${sqlName(own)}`, ...parts].join(' UNION ALL BY NAME ');
  await database.run(`CREATE VIEW ${sqlName(table.name)} AS ${all}`);
}

/** Puts in the rows of files that are each of one run. */
async function fillFromFiles(
  database: Database,
  name: string,
  { files, columns }: SourceTable,
): Promise<void> {
  const ofOne = files.filter(({ runs = [] }) => runs.length < 2);
  const manifests = ofOne.filter(({ path }) => basename(path) === 'manifest.json');
  const parquet = ofOne.filter((file) => !manifests.includes(file));
  const asWritten = parquet.filter(({ runs }) => runs === undefined);
  const sources = [
    ...(asWritten.length === 0 ? [] : [readAll(asWritten)]),
    ...parquet.flatMap(({ path, runs: [run] = [] }) =>
      run === undefined ? [] : [`(SELECT * REPLACE (${sqlText(run)} AS run) FROM ${parquetFile(path)})`],
    ),
  ];
  const known = new Set(Object.keys(columns));
  for (const source of sources) {
    // Settings of the steps that rows are of have columns of their own.
    for (const { column_name: column, column_type: type } of await database.rows(`DESCRIBE FROM ${source}`)) {
      if (known.has(String(column))) continue;
      known.add(String(column));
      await database.run(`ALTER TABLE ${sqlName(name)} ADD COLUMN ${sqlName(String(column))} ${type}`);
    }
    await database.run(`INSERT INTO ${sqlName(name)} BY NAME FROM ${source}`);
  }
  for (const { path, runs: [run = ''] = [] } of manifests) {
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
