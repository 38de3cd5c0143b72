import { join } from 'node:path';
import type { Store } from '../store/store.js';
import { type Database, type Row, sqlName, sqlText, withDatabase } from '../tables/database.js';
import { withoutWildcards, writeParquet, writeRowsParquet } from '../tables/parquet.js';
import { type ResultTableName, resultSchemas } from '../tables/result-schemas.js';
import type { FinishedRun } from './finished-run.js';
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
import { verifyFiles } from './verify-files.js';

/** The rows of the tables that figures are shown from, in the tables' order. */
export type ShownRows = { readonly [table in (typeof shownTables)[number]]: readonly Row[] };

/**
 * Writes all result tables of a run into a folder, empty ones too, and returns the rows of those that are shown.
 * Every object is verified before it is read.
 *
 * @param run the run's identity, `<pipeline>/<tag>`
 * @throws FailureError `object-corrupt` where an object is not what its name says
 */
export async function writeTables(
  finished: FinishedRun,
  run: string,
  store: Pick<Store, 'verify' | 'objectPath'>,
  folder: string,
): Promise<ShownRows> {
  const collected = Object.keys(tableContents) as CollectedTable[];
  const files = collected.map((table) => [table, resultFiles(finished.nodes, table)] as const);
  await verifyFiles(
    files.flatMap(([, own]) => own),
    store,
  );
  return await withDatabase({ threads: 2 }, async (database) => {
    const target = (table: ResultTableName) => ({
      ...resultSchemas[table],
      path: join(folder, `${table}.parquet`),
    });
    await writeRunRow(database, runRow(finished, run), target('runs').path);
    await writeRowsParquet(database, { ...target('steps'), rows: stepRows(finished, run) });
    await writeRowsParquet(database, { ...target('params'), rows: paramRows(finished, run) });
    await writeRowsParquet(database, { ...target('lineage'), rows: lineageRows(finished, run) });
    for (const [table, own] of files) {
      await collect(database, table, own, run, store);
      await writeParquet(database, { ...target(table), query: `FROM ${table}` });
    }
    const shown = async (table: (typeof shownTables)[number]) =>
      await database.rows(`FROM ${table} ORDER BY ${resultSchemas[table].orderBy.join(', ')}`);
    return {
      metrics: await shown('metrics'),
      summary: await shown('summary'),
      drift_summary: await shown('drift_summary'),
    };
  });
}

async function writeRunRow(database: Database, row: ReturnType<typeof runRow>, path: string): Promise<void> {
  const { columns, orderBy } = resultSchemas.runs;
  const cells = Object.entries(columns).map(([name, type]) => `CAST($${name} AS ${type}) AS ${name}`);
  const parameters = Object.fromEntries(Object.keys(columns).map((name) => [name, row[name] ?? null]));
  // COPY takes no parameters inside its query on every path, so the row stands in a table first.
  await database.run(`CREATE TEMP TABLE run_to_write AS SELECT ${cells.join(', ')}`, parameters);
  await writeParquet(database, { query: 'FROM run_to_write', orderBy, path });
}

/** Makes a table of all files of one content, with the run, node, step and role that each row is of. */
async function collect(
  database: Database,
  table: CollectedTable,
  files: readonly ResultFile[],
  run: string,
  store: Pick<Store, 'objectPath'>,
): Promise<void> {
  const { columns } = resultSchemas[table];
  const definition = Object.entries(columns).map(([name, type]) => `${sqlName(name)} ${type}`);
  await database.run(`CREATE TEMP TABLE ${table} (${definition.join(', ')})`);
  if (files.length === 0) return;
  const paths = [...new Set(files.map((file) => store.objectPath(file.digest)))];
  const read = `read_parquet([${paths.map((path) => sqlText(withoutWildcards(path))).join(', ')}], filename = true, union_by_name = true, hive_partitioning = false)`;
  const sources = files.map(
    ({ shownAs, step, role, digest }) =>
      `(${[store.objectPath(digest), shownAs, step, role].map((text) => (text === null ? 'NULL' : sqlText(text))).join(', ')})`,
  );
  const found = new Set(
    (await database.rows(`DESCRIBE FROM ${read}`)).map((row) => String(row['column_name'])),
  );
  const own = ['node', 'step', 'role'];
  const taken = Object.keys(columns).filter((name) => own.includes(name) || found.has(name));
  await database.run(
    `INSERT INTO ${table} BY NAME
     SELECT ${sqlText(run)} AS run, ${taken.map((name) => `${own.includes(name) ? 'source' : 'content'}.${sqlName(name)}`).join(', ')}
     FROM ${read} AS content
     JOIN (VALUES ${sources.join(', ')}) AS source (file, node, step, role) ON source.file = content.filename`,
  );
}
