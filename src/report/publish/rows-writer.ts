import { createReadStream, createWriteStream, rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import { writeFile } from '../../base/files/write-file.js';
import { replaceOutsideStrings } from '../../base/json.js';
import { own } from '../../base/own-properties.js';
import type { PublicationForm } from '../../pipeline/spec/publication-form.js';
import { type Database, openDatabase, sqlName, sqlText } from '../../tables/database.js';
import { summaryColumns } from '../../tables/evaluation-columns.js';
import { joinCurve } from '../../tables/joined-curve.js';
import { jsonOfCell } from '../../tables/json-of-cell.js';
import { parquetFile, writeParquet } from '../../tables/parquet.js';
import { formatRows, type RowTable } from '../../tables/row-formats.js';

/** Writes rows in other forms. */
export interface RowsWriter {
  /**
   * The rows of parquet files, in their order, a curve with each step once: figures whole in csv, json and parquet
   * (`bytes`), else as `kshot sql` prints them.
   */
  write(files: readonly string[], form: PublicationForm, path: string): Promise<void>;
  close(): void;
}

export async function openRowsWriter(): Promise<RowsWriter> {
  const database = await openDatabase({ threads: 2 });
  return {
    write: async (files, form, path) => writeForm(database, await rowsOf(database, files, form), form, path),
    close: () => database.close(),
  };
}

/** What is written. */
interface Rows {
  /** A query in brackets. */
  readonly source: string;
  /** Columns that its rows are ordered by; they stand as they are where absent. */
  readonly orderBy?: readonly string[];
}

async function writeForm(database: Database, rows: Rows, form: PublicationForm, path: string): Promise<void> {
  switch (form) {
    case 'bytes':
      return await writeParquet(database, {
        query: `FROM ${rows.source}`,
        orderBy: rows.orderBy ?? 'as it stands',
        path,
      });
    case 'csv':
      return await database.run(`COPY (${queryOf(rows)}) TO ${sqlText(path)} (FORMAT csv, HEADER true)`);
    case 'json':
      await database.run(`COPY (${queryOf(rows)}) TO ${sqlText(`${path}.rows`)} (FORMAT json, ARRAY true)`);
      return await withNumbersOfJson(`${path}.rows`, path);
    case 'md':
      return writeFile(path, formatRows(await readTable(database, rows), 'markdown'));
    case 'tex':
      return writeFile(path, formatRows(await readTable(database, rows), 'tex'));
  }
}

function queryOf({ source, orderBy }: Rows): string {
  return `FROM ${source}${orderBy === undefined ? '' : ` ORDER BY ${orderBy.map(sqlName).join(', ')}`}`;
}

/** DuckDB writes numbers that are none as JSON has no words for them: they become texts, as everywhere. */
async function withNumbersOfJson(from: string, to: string): Promise<void> {
  const lines = createInterface({ input: createReadStream(from), crlfDelay: Number.POSITIVE_INFINITY });
  await pipeline(async function* () {
    for await (const line of lines) {
      yield `${replaceOutsideStrings(line, '-?\\b(?:Infinity|NaN)\\b', (word) => JSON.stringify(word))}\n`;
    }
  }, createWriteStream(to));
  rmSync(from);
}

/**
 * The rows of files one after another; a column that some of them lack is empty there. Of a curve that tells of steps
 * again each is one row. A summary has columns for all that can be compared, of which text shows those that say
 * something, as `kshot results` does.
 */
async function rowsOf(database: Database, files: readonly string[], form: PublicationForm): Promise<Rows> {
  const curve = await joinCurve(database, files);
  if (curve !== undefined) return { source: `(${curve.query})`, orderBy: ['iteration'] };
  const pieces = files.map((file) => `SELECT * FROM ${parquetFile(file)}`);
  const source = `(${pieces.join(' UNION ALL BY NAME ')})`;
  if (form === 'bytes') return { source };
  const columns = (await database.rows(`DESCRIBE FROM ${source}`)).map((row) => String(row['column_name']));
  if (!Object.keys(summaryColumns).every((name) => columns.includes(name))) return { source };
  const counts = columns.map((name) => `count(${sqlName(name)}) AS ${sqlName(name)}`);
  const [count] = await database.rows(`SELECT ${counts.join(', ')} FROM ${source}`);
  const filled = columns.filter((name) => Number(own(count, name) ?? 0) > 0);
  return filled.length === 0
    ? { source }
    : { source: `(SELECT ${filled.map(sqlName).join(', ')} FROM ${source})` };
}

async function readTable(database: Database, rows: Rows): Promise<RowTable> {
  const described = await database.rows(`DESCRIBE FROM ${rows.source}`);
  const columns = described.map((row) => String(row['column_name']));
  const cells = await database.rows(queryOf(rows));
  return { columns, rows: cells.map((row) => columns.map((name) => jsonOfCell(own(row, name) ?? null))) };
}
