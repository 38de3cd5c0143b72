import type { JsonObject } from '../../base/json.js';
import { own } from '../../base/own-properties.js';
import { type Database, sqlName, sqlText } from '../../tables/database.js';
import { columnNamer } from '../../tables/free-names.js';
import { narrowestType } from '../../tables/narrowest-type.js';
import { withoutWildcards } from '../../tables/parquet.js';
import { resultSchemas } from '../../tables/result-schemas.js';
import type { CollectedTable, ResultFile } from './result-rows.js';
import type { UnfinishedCurve } from './unfinished-curves.js';

/** A file of rows of a node. */
export interface RowsFile extends Pick<ResultFile, 'shownAs' | 'step' | 'role' | 'names'> {
  /** Absolute. */
  readonly path: string;
  /** What became of the node, where it came to no result. */
  readonly unfinished: UnfinishedCurve['unfinished'] | null;
}

/**
 * Makes a table of all files of one content, with the run, node, step and role that each row is of. Columns of the files
 * that its schema does not have are added, and where that is what rows are told apart by, the names of their nodes.
 *
 * @returns the columns that it has beside its schema's
 */
export async function collectRows(
  database: Database,
  table: CollectedTable,
  files: readonly RowsFile[],
  run: string,
): Promise<readonly string[]> {
  const { columns } = resultSchemas[table];
  const definition = Object.entries(columns).map(([name, type]) => `${sqlName(name)} ${type}`);
  await database.run(`CREATE TEMP TABLE ${table} (${definition.join(', ')})`);
  if (files.length === 0) return [];
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
    ...sourceColumns.filter((name) => Object.hasOwn(columns, name)).map((name) => `source.${name}`),
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
  return own.map(({ column }) => column);
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
      const value = own(names, name);
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
      name !== 'filename' &&
      (!Object.hasOwn(columns, name) || name === 'run' || sourceColumns.includes(name)),
  );
  const names = [...new Set(files.flatMap((file) => Object.keys(file.names)))];
  const nodeValues = (name: string) => {
    const { type, cell } = narrowestType(files.map((file) => own(file.names, name) ?? null));
    const cellOf = (of: JsonObject) => {
      const value = cell(own(of, name) ?? null);
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
