import { writeFile } from '../../base/files/write-file.js';
import type { PublicationForm } from '../../pipeline/spec/publication-form.js';
import { type Database, openDatabase, sqlText } from '../../tables/database.js';
import { jsonOfCell } from '../../tables/json-of-cell.js';
import { parquetFile } from '../../tables/parquet.js';
import { formatRows, type RowTable } from '../../tables/row-formats.js';

/** Writes rows in other forms. */
export interface RowsWriter {
  /** The rows of a parquet file, in its order: figures whole in csv and json, else to six digits. */
  write(parquet: string, form: Exclude<PublicationForm, 'bytes'>, path: string): Promise<void>;
  close(): void;
}

export async function openRowsWriter(): Promise<RowsWriter> {
  const database = await openDatabase({ threads: 2 });
  return {
    write: (parquet, form, path) => writeForm(database, parquet, form, path),
    close: () => database.close(),
  };
}

async function writeForm(
  database: Database,
  parquet: string,
  form: Exclude<PublicationForm, 'bytes'>,
  path: string,
): Promise<void> {
  switch (form) {
    case 'csv':
      return await database.run(
        `COPY (FROM ${parquetFile(parquet)}) TO ${sqlText(path)} (FORMAT csv, HEADER true)`,
      );
    case 'json':
      return await database.run(
        `COPY (FROM ${parquetFile(parquet)}) TO ${sqlText(path)} (FORMAT json, ARRAY true)`,
      );
    case 'md':
      return writeFile(path, formatRows(await readTable(database, parquet), 'markdown'));
    case 'tex':
      return writeFile(path, formatRows(await readTable(database, parquet), 'tex'));
  }
}

async function readTable(database: Database, parquet: string): Promise<RowTable> {
  const source = parquetFile(parquet);
  const described = await database.rows(`DESCRIBE FROM ${source}`);
  const columns = described.map((row) => String(row['column_name']));
  const rows = await database.rows(`FROM ${source}`);
  return { columns, rows: rows.map((row) => columns.map((name) => jsonOfCell(row[name] ?? null))) };
}
