import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import type { FailureError } from '../../../base/failure.js';
import { doubleName, isJsonObject, type Json, replaceOutsideStrings } from '../../../base/json.js';
import { isName, noName } from '../../../base/own-properties.js';
import { badData, readingUserFile } from '../../../tables/bad-data.js';
import { type Database, type DatabaseOptions, withDatabase } from '../../../tables/database.js';
import { parquetFile } from '../../../tables/parquet.js';
import { csvRecords } from './csv-records.js';

/** What stands in a cell: what JSON has, or a number that is none (NaN, Infinity). */
export type Cell = Json | undefined;

/** A row of a table that a program wrote. */
export interface WrittenRow {
  /** `line 3`, or `row 3` where a file has no lines; from 1. */
  readonly place: string;
  readonly cells: { readonly [column: string]: Cell };
}

/** What a program wrote: one JSON object, or rows. */
export type Written =
  | { readonly type: 'object'; readonly cells: { readonly [name: string]: Cell } }
  | {
      readonly type: 'rows';
      /** Of CSV all cells are texts. */
      readonly isText: boolean;
      readonly columns: readonly string[];
      readonly rows: readonly WrittenRow[];
    };

/**
 * Reads what a program wrote, by its content: parquet, JSON (also with NaN and Infinity, as Python writes them), JSON
 * lines or CSV.
 *
 * @param name of the file as the user knows it
 * @throws FailureError `bad-data` where it is none of these, or cut off
 */
export async function readWritten(
  path: string,
  name: string,
  options: DatabaseOptions & { readonly note?: (line: string) => void },
): Promise<Written> {
  const bytes = readFileSync(path);
  if (bytes.length === 0) {
    throw badData(name, 'is empty', { hint: 'close or flush the file before the program ends' });
  }
  if (bytes.subarray(0, 4).toString('latin1') === 'PAR1') return await readParquet(path, name, options);
  if (!isUtf8(bytes) && !bytes.includes(0)) throw notUtf8(bytes, name);
  return readText(bytes.toString('utf8'), name, options.note);
}

const lineFeed = 10;

/** What another encoding has in the place of a letter would become a mark that stands for any. */
function notUtf8(bytes: Uint8Array, name: string): FailureError {
  let line = 1;
  let from = 0;
  let end = bytes.indexOf(lineFeed);
  while (end >= 0 && isUtf8(bytes.subarray(from, end))) {
    line += 1;
    from = end + 1;
    end = bytes.indexOf(lineFeed, from);
  }
  return badData(name, 'is not UTF-8', {
    line,
    hint: "write it as UTF-8 (open(path, 'w', encoding='utf-8'))",
  });
}

/**
 * Reads a text that a program wrote; see `readWritten`.
 *
 * @throws FailureError `bad-data` where it is none of these, or cut off
 */
export function readText(written: string, name: string, note?: (line: string) => void): Written {
  const read = writtenIn(written, name, note);
  refuseNoName(read.type === 'object' ? Object.keys(read.cells) : read.columns, name);
  return read;
}

function writtenIn(written: string, name: string, note?: (line: string) => void): Written {
  const text = written.replace(/^\uFEFF/, '');
  const first = text.trimStart()[0];
  if (first === undefined) throw badData(name, 'holds nothing but spaces', { hint: hintOfFormats });
  if (first === '[') return ofRows(rowsOfArray(parsed(text, name), name));
  if (first === '{') return readObjects(text, name);
  if (text.includes('\0')) throw badData(name, 'is neither parquet nor text', { hint: hintOfFormats });
  return readCsv(text, name, note);
}

const hintOfFormats = 'write JSON, JSON lines, CSV or parquet';

async function readParquet(path: string, name: string, options: DatabaseOptions): Promise<Written> {
  const rows = await readingUserFile(name, 'it is damaged or cut off: have the program close it', () =>
    withDatabase(options, async (database) => {
      await refuseColumns(database, path, name);
      return await database.rows(`FROM ${parquetFile(path)}`);
    }),
  );
  return ofRows(rows.map((cells, row) => ({ place: `row ${row + 1}`, cells: cells as WrittenRow['cells'] })));
}

/** As `refuseNoName`, of the columns of parquet: its rows would not tell of them. */
export async function refuseColumns(database: Database, path: string, name: string): Promise<void> {
  const columns = await database.rows(`DESCRIBE FROM ${parquetFile(path)}`);
  refuseNoName(
    columns.map((row) => String(row['column_name'])),
    name,
  );
}

function ofRows(rows: readonly WrittenRow[]): Written {
  const columns = new Set<string>();
  for (const { cells } of rows) for (const name of Object.keys(cells)) columns.add(name);
  return { type: 'rows', isText: false, columns: [...columns], rows };
}

/** @throws FailureError `bad-data` for a column of a file, or a name in it, that is none */
export function refuseNoName(names: readonly string[], file: string): void {
  const found = names.find((name) => !isName(name));
  if (found === undefined) return;
  throw badData(file, `has the name ${found}, which ${noName.message}`, { hint: noName.hint });
}

/** One object, which may go over several lines, or one on each line. */
function readObjects(text: string, name: string): Written {
  const lines = text.split('\n').map((line, index) => ({ line: line.trim(), number: index + 1 }));
  const filled = lines.filter(({ line }) => line !== '');
  const isLines = filled.length > 1 && filled.every(({ line }) => line.startsWith('{'));
  if (isLines) {
    return ofRows(
      filled.map(({ line, number }) => ({ place: `line ${number}`, cells: objectIn(line, name, number) })),
    );
  }
  const whole = parsed(text, name);
  return { type: 'object', cells: isJsonObject(whole) ? whole : {} };
}

function objectIn(line: string, name: string, number: number): { readonly [column: string]: Json } {
  const value = parsed(line, name, number);
  if (isJsonObject(value)) return value;
  throw badData(name, 'is no object, as the lines before it are', { line: number, hint: hintOfFormats });
}

function rowsOfArray(value: Json, name: string): readonly WrittenRow[] {
  if (!Array.isArray(value)) return [];
  return (value as readonly Json[]).map((cells, index) => {
    const place = `row ${index + 1}`;
    if (!isJsonObject(cells)) {
      throw badData(name, `${place} is ${writtenText(cells)} and no object`, {
        hint: 'write rows as objects: {"metric": "accuracy", "value": 0.9}',
      });
    }
    return { place, cells };
  });
}

/** Marks what JSON has no word for inside of a parsed text. */
const mark = '\uE000';

function parsed(text: string, name: string, line?: number): Json {
  const read = parsedJson(text, name, line);
  const double = doubleName(text);
  if (double === undefined) return read;
  throw badData(name, `has ${JSON.stringify(double.name)} twice in one object`, {
    line: line ?? double.line,
    hint: 'give one of the two another name, or leave it out',
  });
}

function parsedJson(text: string, name: string, line: number | undefined): Json {
  const words = '-?\\bInfinity\\b|\\bNaN\\b';
  try {
    return JSON.parse(
      replaceOutsideStrings(text, words, (word) => JSON.stringify(mark + word)),
      (_, value) =>
        typeof value === 'string' && value.startsWith(mark) ? Number(value.slice(mark.length)) : value,
    ) as Json;
  } catch (error) {
    const said = (error as Error).message;
    const place = /position (\d+)/.exec(said)?.[1];
    const isCut =
      /end of JSON|Unterminated/i.test(said) ||
      (place !== undefined && Number(place) >= text.trimEnd().length);
    const found =
      line ?? (place === undefined || isCut ? undefined : text.slice(0, Number(place)).split('\n').length);
    throw badData(name, isCut ? 'is cut off: its JSON has no end' : 'is no JSON', {
      ...(found === undefined ? {} : { line: found }),
      hint: isCut ? 'close the file before the program ends' : 'write it by a library (json.dump)',
      cause: error,
    });
  }
}

function readCsv(text: string, name: string, note?: (line: string) => void): Written {
  const [header, ...records] = csvRecords(text, name);
  const columns = header?.cells ?? [];
  const double = columns.find((column, index) => columns.indexOf(column) !== index);
  if (double !== undefined)
    throw badData(name, `has two columns ${double || 'without a name'}`, {
      line: 1,
      hint: 'rename one of them',
    });
  const rows = records.map(({ line, cells }): WrittenRow => {
    if (cells.length !== columns.length) {
      const isLast = line === records.at(-1)?.line;
      throw badData(name, `has ${cells.length} cells, and the header ${columns.length}`, {
        line,
        hint: isLast ? 'its last line may be cut off: close the file before the program ends' : hintOfFormats,
      });
    }
    return {
      place: `line ${line}`,
      cells: Object.fromEntries(columns.map((column, index) => [column, cells[index]])),
    };
  });
  if (!columns.includes('')) return { type: 'rows', isText: true, columns, rows };
  if (!rows.every(({ cells }, index) => cells[''] === String(index))) {
    throw badData(name, 'has a column without a name', {
      line: 1,
      hint: 'name it, or leave it out (to_csv(..., index=False))',
    });
  }
  note?.(`${name}: the column without a name only counts the rows, and is left out`);
  return {
    type: 'rows',
    isText: true,
    columns: columns.filter((column) => column !== ''),
    rows: rows.map(({ place, cells: { '': _, ...cells } }) => ({ place, cells })),
  };
}

/**
 * The number in a cell; NaN for one that is none and says so (NaN, null, an empty cell of CSV); undefined for what is
 * no number at all.
 */
export function numberIn(cell: Cell): number | undefined {
  if (typeof cell === 'number') return cell;
  if (cell === null || cell === undefined) return Number.NaN;
  if (typeof cell !== 'string') return undefined;
  const text = cell.trim();
  if (/^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i.test(text)) return Number(text);
  if (text === '' || /^[-+]?nan$/i.test(text) || /^(?:null|none|na)$/i.test(text)) return Number.NaN;
  const [, sign] = /^([-+]?)inf(?:inity)?$/i.exec(text) ?? [];
  return sign === undefined ? undefined : sign === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

/** A cell as a message shows it. */
export function writtenText(cell: Cell): string {
  const text = typeof cell === 'number' ? String(cell) : (JSON.stringify(cell) ?? 'nothing');
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
