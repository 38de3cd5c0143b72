import { writeFile } from '../../base/files/write-file.js';
import type { PublicationForm } from '../../pipeline/spec/publication-form.js';
import { type Database, openDatabase, sqlText } from '../../tables/database.js';
import { jsonOfCell } from '../../tables/json-of-cell.js';
import { parquetFile, writeParquet } from '../../tables/parquet.js';
import { formatRows, type RowTable } from '../../tables/row-formats.js';

/** Writes rows in other forms. */
export interface RowsWriter {
  /** The rows of parquet files, in their order: figures whole in csv, json and parquet (`bytes`), else to six digits. */
  write(files: readonly string[], form: PublicationForm, path: string): Promise<void>;
  close(): void;
}

export async function openRowsWriter(): Promise<RowsWriter> {
  const database = await openDatabase({ threads: 2 });
  return {
    write: (files, form, path) => writeForm(database, rowsOf(files), form, path),
    close: () => database.close(),
  };
}

async function writeForm(
  database: Database,
  rows: string,
  form: PublicationForm,
  path: string,
): Promise<void> {
  switch (form) {
    case 'bytes':
      return await writeParquet(database, { query: `FROM ${rows}`, orderBy: 'as it stands', path });
    case 'csv':
      return await database.run(`COPY (FROM ${rows}) TO ${sqlText(path)} (FORMAT csv, HEADER true)`);
    case 'json':
      return await database.run(`COPY (FROM ${rows}) TO ${sqlText(path)} (FORMAT json, ARRAY true)`);
    case 'md':
      return writeFile(path, formatRows(await readTable(database, rows), 'markdown'));
    case 'tex':
      return writeFile(path, formatRows(await readTable(database, rows), 'tex'));
  }
}

/** A query for the rows of files one after another; a column that some of them lack is empty there. */
function rowsOf(files: readonly string[]): string {
  const pieces = files.map((file) => `SELECT * FROM ${parquetFile(file)}`);
  return `(${pieces.join(' UNION ALL BY NAME ')})`;
}

async function readTable(database: Database, source: string): Promise<RowTable> {
  const described = await database.rows(`DESCRIBE FROM ${source}`);
  const columns = described.map((row) => String(row['column_name']));
  const rows = await database.rows(`FROM ${source}`);
  return { columns, rows: rows.map((row) => columns.map((name) => jsonOfCell(row[name] ?? null))) };
}
