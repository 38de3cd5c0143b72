import { badData } from '../tables/bad-data.js';
import { foreignFormatOf } from './foreign-format.js';
import { firstStoredBytes, sourceBytes } from './source-bytes.js';
import type { RecordLayout } from './split-records.js';

export type TextFormat = 'csv' | 'tsv' | 'ssv';
export type Format = TextFormat | 'parquet' | 'jsonl';

/** A column by name, or by position from 1. */
export type ColumnReference = string | number;

export interface ColumnMapping {
  readonly user?: ColumnReference;
  readonly item?: ColumnReference;
  readonly time?: ColumnReference;
}

/** What is asked for, as the parameters of data.import say it. */
export interface AskedFormat {
  readonly format: Format | 'auto';
  readonly header: boolean | 'auto';
  readonly columns: ColumnMapping;
  readonly delimiter: string;
  readonly quote: string;
  readonly comment: string;
  readonly raggedRows: 'auto' | 'refuse' | 'accept';
  readonly nullValues: readonly string[];
}

/** How a file of interactions is to be read. */
export interface InteractionFormat {
  readonly format: Format;
  readonly gzip: boolean;
  readonly header: boolean;
  /** Of the first record; made up (`column1`) where there is no header, empty where only DuckDB can tell (parquet). */
  readonly columnNames: readonly string[];
  /** Names, in lower case, that the header gives to more than one column. */
  readonly repeatedNames: readonly string[];
  /** How its records are laid out; none of parquet. */
  readonly layout: Omit<RecordLayout, 'wanted'> | undefined;
}

/** Where a value is found: the column's place from 0, or the names to go down by from the top of a record. */
export interface ColumnPlace {
  readonly index: number;
  readonly path: readonly string[];
}

export type ColumnPlaces = { readonly [role in ColumnRole]: ColumnPlace };

const usualNames = {
  user: ['user_id', 'user', 'userid', 'uid', 'learner_id', 'student_id'],
  item: ['item_id', 'item', 'itemid', 'iid', 'course_id', 'course', 'movie_id', 'movieid', 'product_id'],
  time: ['timestamp', 'time', 'ts', 'datetime', 'date', 'unixtime', 'unix_time'],
} as const;

export type ColumnRole = keyof typeof usualNames;
export const roles: readonly ColumnRole[] = ['user', 'item', 'time'];

/**
 * Finds out how to read a file from its first bytes alone: a name or folder decides nothing, because it is not part
 * of what a result is kept under.
 *
 * @throws FailureError `bad-data` where the bytes do not tell
 */
export async function detectFormat(
  path: string,
  file: string,
  asked: AskedFormat,
): Promise<InteractionFormat> {
  const stored = await firstStoredBytes(path, file, 512);
  const gzip = stored[0] === 0x1f && stored[1] === 0x8b;
  const bytes = await firstBytes(path, file, gzip);
  if (bytes.length === 0) throw badData(file, 'the file is empty');
  const isParquet = bytes.subarray(0, 4).toString('latin1') === 'PAR1';
  if (isParquet && gzip) throw badData(file, 'is a parquet file inside gzip', { hint: 'unpack it: gunzip' });
  if (asked.format === 'parquet' || (asked.format === 'auto' && isParquet)) {
    return {
      format: 'parquet',
      gzip: false,
      header: true,
      columnNames: [],
      repeatedNames: [],
      layout: undefined,
    };
  }
  const foreign = foreignFormatOf(bytes);
  if (foreign !== undefined) throw badData(file, `is ${foreign.name}`, { hint: foreign.hint });
  return { gzip, ...textFormat(bytes, file, asked) };
}

function textFormat(bytes: Buffer, file: string, asked: AskedFormat): Omit<InteractionFormat, 'gzip'> {
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '');
  const comment = asked.comment === 'auto' ? '#' : asked.comment === 'none' ? undefined : asked.comment;
  const { start, line } = firstRecordOf(text, comment);
  const first = text.slice(start).split(/[\r\n]/, 1)[0] ?? '';
  if (first === '') throw badData(file, 'holds nothing but comments');
  const commentsOnTop = asked.comment === 'auto';
  const noted = comment === undefined ? {} : { comment, commentsOnTop };
  const divided = asked.format === 'jsonl' ? 'jsonl' : divisionOf(first, file, asked);
  if (divided === 'jsonl') {
    const columnNames = keysOf(text.slice(start), file, line);
    const layout = { ...noted, header: false, cells: 1, ragged: 'refuse' } as const;
    return { format: 'jsonl', header: true, columnNames, repeatedNames: [], layout };
  }
  const division = { ...divided, ...(asked.quote === 'none' ? {} : { quote: asked.quote }) };
  const record = firstCells(text.slice(start), division);
  const header = asked.header === 'auto' ? looksLikeHeader(record.cells, asked) : asked.header;
  const { cells } = record;
  const next = firstCells(text.slice(start + record.length).replace(/^[\r\n]+/, ''), division).cells;
  const ragged =
    asked.raggedRows === 'auto'
      ? header && next.length > cells.length
        ? 'extra'
        : 'refuse'
      : asked.raggedRows;
  return {
    format: division.delimiter === '\t' ? 'tsv' : division.delimiter === ',' ? 'csv' : 'ssv',
    header,
    columnNames: distinctNames(header ? cells : [], cells.length),
    repeatedNames: header ? namesGivenTwice(cells) : [],
    layout: { ...noted, ...division, header, cells: cells.length, ragged },
  };
}

/**
 * Where the three columns are: as asked for (`user.id` goes into nested records), else by their usual names (`user_id`,
 * also with RecBole's type as `user_id:token`), else the three columns of a file without header.
 *
 * @throws FailureError `bad-data` that lists what the file has
 */
export function resolveColumns(file: string, format: InteractionFormat, asked: ColumnMapping): ColumnPlaces {
  const names = format.columnNames;
  const found = roles.map((role, index) => placeOf(format, role, asked[role], index));
  const problems = roles.filter((_, index) => found[index] === undefined);
  for (const place of found) {
    const name = names[place?.index ?? -1];
    if (name === undefined || !format.repeatedNames.includes(name.toLowerCase())) continue;
    // A position says which one is meant.
    if (roles.some((role, other) => found[other]?.index === place?.index && typeof asked[role] === 'number'))
      continue;
    throw badData(file, `more than one column is called ${JSON.stringify(name)}`, {
      hint: 'rename the others, or say which columns are meant by position from 1: columns: { user: 1, item: 2, time: 3 }',
    });
  }
  const [user, item, time] = found;
  if (user === undefined || item === undefined || time === undefined) {
    const has = format.header
      ? `columns ${names.map((name) => JSON.stringify(name)).join(', ')}`
      : `${names.length} columns and no header`;
    const wanted = problems.map((role) =>
      asked[role] === undefined ? role : `${role} (${JSON.stringify(asked[role])})`,
    );
    throw badData(file, `no column for ${wanted.join(', ')}; the file has ${has}`, {
      hint: `say which: columns: { ${exampleOf(format, found)} }, by name or by position from 1`,
    });
  }
  return { user, item, time };
}

function placeOf(
  { columnNames: names, header }: InteractionFormat,
  role: ColumnRole,
  asked: ColumnReference | undefined,
  position: number,
): ColumnPlace | undefined {
  const at = (index: number): ColumnPlace | undefined => {
    const name = names[index];
    return name === undefined ? undefined : { index, path: [name] };
  };
  if (typeof asked === 'number') return at(asked - 1);
  if (asked === undefined) {
    if (!header) return names.length === 3 ? at(position) : undefined;
    return at(indexByUsualName(names, role));
  }
  const exact = names.indexOf(asked);
  if (exact >= 0) return at(exact);
  const similar = names.findIndex((one) => plainName(one) === plainName(asked));
  if (similar >= 0) return at(similar);
  const path = asked.split('.');
  const top = names.indexOf(path[0] ?? '');
  return path.length > 1 && top >= 0 ? { index: top, path } : undefined;
}

/** What could be written: what was found stays, the others by columns of the file that are not taken yet. */
function exampleOf(format: InteractionFormat, found: readonly (ColumnPlace | undefined)[]): string {
  const taken = new Set(found.map((place) => place?.index));
  const free = format.columnNames.map((_, index) => index).filter((index) => !taken.has(index));
  const written = (place: ColumnPlace) => (format.header ? place.path.join('.') : String(place.index + 1));
  return roles
    .map((role, index) => {
      const place = found[index];
      if (place !== undefined) return `${role}: ${written(place)}`;
      const next = free.shift();
      const name = next === undefined ? undefined : format.columnNames[next];
      return `${role}: ${next === undefined || name === undefined ? '…' : written({ index: next, path: [name] })}`;
    })
    .join(', ');
}

interface Division {
  readonly delimiter?: string;
  readonly spaces?: boolean;
  readonly quote?: string;
}

/** The cells of the record that a text begins with, and how many characters it takes. */
function firstCells(
  text: string,
  { delimiter = ' ', spaces, quote }: Division,
): { cells: string[]; length: number } {
  const cells: string[] = [];
  let at = 0;
  const skipSpaces = () => {
    while (spaces === true && /[ \t]/.test(text.charAt(at))) at++;
  };
  const dividerAt = () => (spaces === true ? /[ \t]/.test(text.charAt(at)) : text.startsWith(delimiter, at));
  const isOver = () => at >= text.length || /[\r\n]/.test(text.charAt(at));
  skipSpaces();
  for (;;) {
    let cell = '';
    if (quote !== undefined && text.charAt(at) === quote) {
      for (at++; at < text.length; at++) {
        if (text.charAt(at) !== quote) cell += text.charAt(at);
        else if (text.charAt(at + 1) === quote) cell += text.charAt(at++);
        else break;
      }
      at++;
    }
    const from = at;
    while (!isOver() && !dividerAt()) at++;
    cells.push(cell + text.slice(from, at));
    if (spaces === true) skipSpaces();
    if (isOver()) return { cells, length: at };
    if (spaces !== true) at += delimiter.length;
  }
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

function plainName(name: string): string {
  return name
    .replace(/:(token|float|token_seq|float_seq)$/, '')
    .trim()
    .toLowerCase();
}

function indexByUsualName(names: readonly string[], role: ColumnRole): number {
  for (const usual of usualNames[role]) {
    const index = names.findIndex((one) => plainName(one) === usual);
    if (index >= 0) return index;
  }
  return -1;
}

/** A header is told by the cell that stands for the time: a title of a column is none. */
function looksLikeHeader(cells: readonly string[], { columns, nullValues }: AskedFormat): boolean {
  const isTitle = (cell: string) => {
    const trimmed = cell.trim();
    return (
      trimmed !== '' &&
      !nullValues.includes(cell) &&
      !nullWords.includes(trimmed) &&
      !/^[+-]?\.?\d/.test(trimmed)
    );
  };
  if (Object.values(columns).some((column) => typeof column === 'string')) return true;
  if (typeof columns.time === 'number') return isTitle(cells[columns.time - 1] ?? '');
  if (indexByUsualName(cells, 'time') >= 0) return true;
  const isNamed = roles.some((role) => indexByUsualName(cells, role) >= 0);
  return isNamed ? cells.every(isTitle) : isTitle(cells.at(-1) ?? '');
}

const delimiters = { csv: [',', ';', '::', '|'], tsv: ['\t'], ssv: [' '] } as const;

/** What divides the cells of a line, or that it is a line of JSON. */
function divisionOf(line: string, file: string, asked: AskedFormat): Division | 'jsonl' {
  if (asked.delimiter === 'spaces') return { spaces: true };
  if (asked.delimiter !== 'auto') return { delimiter: asked.delimiter };
  if (asked.format === 'auto' && line.trimStart().startsWith('{')) return 'jsonl';
  const candidates: readonly string[] =
    asked.format === 'auto'
      ? [...delimiters.tsv, ...delimiters.csv, ...delimiters.ssv]
      : delimitersOf(asked.format);
  const quote = asked.quote === 'none' ? {} : { quote: asked.quote };
  const cells = (delimiter: string) => firstCells(line, { delimiter, ...quote }).cells.length;
  const delimiter =
    candidates.find((one) => cells(one) >= 3) ??
    candidates.find((one) => cells(one) === 2) ??
    (asked.format === 'auto' ? undefined : candidates[0]);
  if (delimiter === undefined) {
    throw badData(file, `cannot tell the format from the first line, ${JSON.stringify(line.slice(0, 80))}`, {
      hint: 'say format: csv, tsv, ssv (separated by spaces), parquet or jsonl; or delimiter',
    });
  }
  return delimiter === ' ' && /^[ \t]|[ \t]{2}/.test(line) ? { spaces: true } : { delimiter };
}

function delimitersOf(format: Format | 'auto'): readonly string[] {
  return format === 'csv' || format === 'tsv' || format === 'ssv' ? delimiters[format] : [];
}

/** Where the first line begins that is neither blank nor a comment, and its number. */
function firstRecordOf(text: string, comment: string | undefined): { start: number; line: number } {
  const lines = /([^\r\n]*)(\r\n|\n|\r|$)/g;
  let line = 1;
  for (let match = lines.exec(text); match !== null; match = lines.exec(text), line++) {
    const [whole, content = ''] = match;
    const isComment = comment !== undefined && content.startsWith(comment);
    if (content.trim() !== '' && !isComment) return { start: match.index, line };
    if (whole === '') break;
  }
  return { start: text.length, line };
}

/** The keys of the first records, in the order in which they come. */
function keysOf(text: string, file: string, line: number): readonly string[] {
  const keys = new Set<string>();
  // Cut where more would follow: the last line may be a part.
  const lines = text.split(/\r\n|\n|\r/).slice(0, sniffedRecords);
  for (const [index, one] of lines.entries()) {
    try {
      // Python writes what is no number in a way that JSON does not know.
      const record: unknown = JSON.parse(
        one.replaceAll(/(?<=[:,[]\s*)-?(?:NaN|Infinity)(?=\s*[,}\]])/g, 'null'),
      );
      if (typeof record === 'object' && record !== null && !Array.isArray(record)) {
        for (const key of Object.keys(record)) keys.add(key);
        continue;
      }
    } catch {
      // Reported below where it is the first, else as a row.
    }
    if (index === 0)
      throw badData(file, 'not a JSON object', { line, hint: 'JSON lines hold one object on each line' });
  }
  return [...keys];
}

/** Words that often stand for no value. */
export const nullWords: readonly string[] = [
  ...['NA', 'N/A', 'n/a', '<NA>', '#N/A', 'NaN', 'nan', 'NULL', 'null', 'Null', 'None', 'none', '(null)'],
  ...['\\N', 'nil', 'undefined', '?', '-'],
];

const sniffedBytes = 1 << 18;
const sniffedRecords = 100;
const longestFirstLine = 1 << 24;

/** As many bytes as hold the first lines, whatever their length. */
async function firstBytes(path: string, file: string, gzip: boolean): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of sourceBytes(path, file, gzip)) {
    chunks.push(chunk);
    length += chunk.length;
    const isEnough = length >= sniffedBytes && chunks.some((one) => one.includes(0x0a) || one.includes(0x0d));
    if (isEnough || length > longestFirstLine) break;
  }
  const bytes = Buffer.concat(chunks);
  const firstBreak = bytes.subarray(sniffedBytes).findIndex((byte) => byte === 0x0a || byte === 0x0d);
  return firstBreak < 0 ? bytes : bytes.subarray(0, sniffedBytes + firstBreak);
}
