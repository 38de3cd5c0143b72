import { closeSync, openSync, readSync } from 'node:fs';
import { constants, gunzipSync } from 'node:zlib';
import { badData } from '../tables/bad-data.js';

export type TextFormat = 'csv' | 'tsv' | 'ssv';
export type Format = TextFormat | 'parquet' | 'jsonl';

/** A column by name, or by position from 1. */
export type ColumnReference = string | number;

export interface ColumnMapping {
  readonly user?: ColumnReference;
  readonly item?: ColumnReference;
  readonly time?: ColumnReference;
}

/** How a file of interactions is to be read. */
export interface InteractionFormat {
  readonly format: Format;
  readonly gzip: boolean;
  /** Comment lines (`# …`) at the top. */
  readonly commentLines: number;
  readonly header: boolean;
  /** Of the first line or record; made up (`column1`) where there is no header. */
  readonly columnNames: readonly string[];
  /** Names, in lower case, that the header gives to more than one column. */
  readonly repeatedNames: readonly string[];
}

export const delimiters: { readonly [format in TextFormat]: string } = { csv: ',', tsv: '\t', ssv: ' ' };

const usualNames = {
  user: ['user_id', 'user', 'userid', 'uid', 'learner_id', 'student_id'],
  item: ['item_id', 'item', 'itemid', 'iid', 'course_id', 'course', 'movie_id', 'movieid', 'product_id'],
  time: ['timestamp', 'time', 'ts', 'datetime', 'date', 'unixtime', 'unix_time'],
} as const;

type ColumnRole = keyof typeof usualNames;
const roles: readonly ColumnRole[] = ['user', 'item', 'time'];

/**
 * Finds out how to read a file from its first bytes alone: a name or folder decides nothing, because it is not part
 * of what a result is kept under.
 *
 * @throws FailureError `bad-data` where the bytes do not tell
 */
export function detectFormat(
  path: string,
  file: string,
  asked: { format: Format | 'auto'; header: boolean | 'auto'; columns: ColumnMapping },
): InteractionFormat {
  const { bytes, gzip } = firstBytes(path);
  if (bytes.length === 0) throw badData(file, 'the file is empty');
  const isParquet = bytes.subarray(0, 4).toString('latin1') === 'PAR1';
  if (asked.format === 'parquet' || (asked.format === 'auto' && isParquet)) {
    return {
      format: 'parquet',
      gzip: false,
      commentLines: 0,
      header: true,
      columnNames: [],
      repeatedNames: [],
    };
  }
  const lines = bytes
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/);
  const start = lines.findIndex((line) => !line.startsWith('#') && line.trim() !== '');
  const first = lines[start];
  if (first === undefined) throw badData(file, 'holds nothing but comments');
  if (asked.format !== 'jsonl') refuseSemicolons(first, file);
  const format = asked.format === 'auto' ? formatOf(first, file) : asked.format;
  if (format === 'jsonl') {
    const columnNames = keysOf(first, file);
    return { format, gzip, commentLines: 0, header: true, columnNames, repeatedNames: [] };
  }
  const cells = splitRecord(first, delimiters[format]);
  const header = asked.header === 'auto' ? looksLikeHeader(cells, asked.columns) : asked.header;
  const columnNames = distinctNames(header ? cells : [], cells.length);
  const repeatedNames = header ? namesGivenTwice(cells) : [];
  return { format, gzip, commentLines: start, header, columnNames, repeatedNames };
}

/**
 * The names of the three columns in the file: as asked for, else by their usual names (`user_id`, also with RecBole's
 * type as `user_id:token`), else the three columns of a file without header.
 *
 * @throws FailureError `bad-data` that lists what the file has
 */
export function resolveColumns(
  file: string,
  format: InteractionFormat,
  asked: ColumnMapping,
): { readonly [role in ColumnRole]: string } {
  const names = format.columnNames;
  const problems: string[] = [];
  const found = roles.map((role, index) => {
    const wanted = asked[role];
    let name: string | undefined;
    if (typeof wanted === 'number') name = names[wanted - 1];
    else if (wanted !== undefined)
      name = names.find((one) => one === wanted) ?? names.find((one) => plainName(one) === plainName(wanted));
    else if (format.header) name = byUsualName(names, role);
    else if (names.length === 3) name = names[index];
    if (name === undefined)
      problems.push(wanted === undefined ? role : `${role} (${JSON.stringify(wanted)})`);
    return name;
  });
  for (const name of found) {
    if (name === undefined || !format.repeatedNames.includes(name.toLowerCase())) continue;
    // A position says which one is meant.
    if (roles.some((role, index) => found[index] === name && typeof asked[role] === 'number')) continue;
    throw badData(file, `more than one column is called ${JSON.stringify(name)}`, {
      hint: 'rename the others, or say which columns are meant by position from 1: columns: { user: 1, item: 2, time: 3 }',
    });
  }
  const [user, item, time] = found;
  if (user === undefined || item === undefined || time === undefined) {
    const has = format.header
      ? `columns ${names.map((name) => JSON.stringify(name)).join(', ')}`
      : `${names.length} columns and no header`;
    throw badData(file, `no column for ${problems.join(', ')}; the file has ${has}`, {
      hint: `say which: columns: { user: ${example(names, format, 0)}, item: ${example(names, format, 1)}, time: ${example(names, format, 2)} }, by name or by position from 1`,
    });
  }
  return { user, item, time };
}

/** Splits a line at the delimiter, with double quotes as in CSV. */
function splitRecord(line: string, delimiter: string): string[] {
  const cells: string[] = [];
  let cell = '';
  let quoted = false;
  for (let index = 0; index < line.length; index++) {
    const character = line.charAt(index);
    if (quoted) {
      if (character !== '"') cell += character;
      else if (line.charAt(index + 1) === '"') {
        cell += '"';
        index++;
      } else quoted = false;
    } else if (character === '"' && cell === '') quoted = true;
    else if (character === delimiter) {
      cells.push(cell);
      cell = '';
    } else cell += character;
  }
  cells.push(cell);
  return cells;
}

/** A name for each column; one that is empty or, but for upper and lower case, taken is made up from the position. */
function distinctNames(header: readonly string[], count: number): string[] {
  const taken = new Set<string>();
  return Array.from({ length: count }, (_, index) => {
    const given = header[index] ?? '';
    const name = given === '' || taken.has(given.toLowerCase()) ? `column${index + 1}` : given;
    taken.add(name.toLowerCase());
    return name;
  });
}

function namesGivenTwice(header: readonly string[]): readonly string[] {
  const names = header.map((name) => name.toLowerCase()).filter((name) => name !== '');
  return names.filter((name, index) => names.indexOf(name) !== index);
}

function example(names: readonly string[], format: InteractionFormat, index: number): string {
  return format.header ? (names[index] ?? 'NAME') : String(index + 1);
}

function plainName(name: string): string {
  return name
    .replace(/:(token|float|token_seq|float_seq)$/, '')
    .trim()
    .toLowerCase();
}

function byUsualName(names: readonly string[], role: ColumnRole): string | undefined {
  for (const usual of usualNames[role]) {
    const name = names.find((one) => plainName(one) === usual);
    if (name !== undefined) return name;
  }
  return undefined;
}

function looksLikeHeader(cells: readonly string[], columns: ColumnMapping): boolean {
  const asked = Object.values(columns) as ColumnReference[];
  if (asked.some((column) => typeof column === 'string')) return true;
  if (roles.some((role) => byUsualName(cells, role) !== undefined)) return true;
  const time = cells[(typeof columns.time === 'number' ? columns.time : cells.length) - 1] ?? '';
  return !Number.isFinite(Number(time)) && Number.isNaN(Date.parse(time));
}

function formatOf(line: string, file: string): Exclude<Format, 'parquet'> {
  if (line.trimStart().startsWith('{')) return 'jsonl';
  if (line.includes('\t')) return 'tsv';
  if (line.includes(',')) return 'csv';
  if (line.includes(' ')) return 'ssv';
  throw badData(file, `cannot tell the format from the first line, ${JSON.stringify(line.slice(0, 80))}`, {
    hint: 'say format: csv, tsv, ssv (separated by single spaces), parquet or jsonl',
  });
}

/** Refuses a table that only semicolons divide into three columns or more. */
function refuseSemicolons(line: string, file: string): void {
  const columns = (delimiter: string) => splitRecord(line, delimiter).length;
  const divided = Object.values(delimiters).some((delimiter) => columns(delimiter) >= 3);
  if (line.trimStart().startsWith('{') || columns(';') < 3 || divided) return;
  throw badData(file, 'is separated by semicolons, which data.import does not read', {
    line: 1,
    hint: 'separate it by commas, tabs or single spaces; times with a decimal comma need a point',
  });
}

function keysOf(line: string, file: string): readonly string[] {
  try {
    const record: unknown = JSON.parse(line);
    if (typeof record === 'object' && record !== null && !Array.isArray(record)) return Object.keys(record);
  } catch {
    // Reported below, like a line that is JSON but no object.
  }
  throw badData(file, 'not a JSON object', { line: 1, hint: 'JSON lines hold one object on each line' });
}

const sniffedBytes = 1 << 18;

function firstBytes(path: string): { bytes: Buffer; gzip: boolean } {
  const buffer = Buffer.alloc(sniffedBytes);
  const descriptor = openSync(path, 'r');
  let bytes: Buffer;
  try {
    bytes = buffer.subarray(0, readSync(descriptor, buffer));
  } finally {
    closeSync(descriptor);
  }
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return { bytes, gzip: false };
  return { bytes: gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH }), gzip: true };
}
