import { replaceOutsideStrings } from '../../base/json.js';
import { formatCount } from '../../base/quantities.js';
import { badData } from '../../tables/bad-data.js';
import {
  ambiguousNames,
  type ColumnMapping,
  type Columns,
  distinctNames,
  findPlaces,
  isUsualTimeName,
  looksLikeHeader,
} from './column-places.js';
import { foreignFormatOf } from './foreign-format.js';
import { isDivided, type ShiftSigns, shiftOf } from './shifted-cells.js';
import { firstStoredBytes, sourceBytes } from './source-bytes.js';
import type { RecordLayout } from './split-records.js';
import { type Division, divisionOf, firstRecords, type TextFormat } from './text-division.js';
import { isLikelyTime, isTimeCell } from './times.js';

export type Format = TextFormat | 'parquet' | 'jsonl';

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
  /** What a time looks like, where its form is given by strptime's letters. */
  readonly datePattern?: RegExp;
}

interface Line {
  /** From 1. */
  readonly line: number;
  readonly text: string;
}

/** Rows begin with so many names of their own, which the header leaves out (`unnamed`) or empty (`untitled`). */
export interface RowNames {
  readonly header: 'unnamed' | 'untitled';
  readonly columns: number;
  /** Whether the times stand that many cells further on than their title. */
  readonly moveTimes: boolean;
}

/** How a file of interactions is to be read. */
export interface InteractionFormat extends Columns {
  readonly format: Format;
  readonly gzip: boolean;
  /** Empty where only DuckDB can tell (parquet). */
  readonly columnNames: readonly string[];
  /** How its records are laid out; none of parquet. */
  readonly layout: Omit<RecordLayout, 'wanted'> | undefined;
  /** The first record, where that it names the columns was told by a word in the place of the time alone. */
  readonly guessedHeader?: Line;
  /** What looks like a row among the comments above the first record. */
  readonly rowAbove?: Line;
  readonly rowNames?: RowNames;
  /** Of the columns asked for, names of keys that are paths into nested records as well. */
  readonly twofoldNames: readonly string[];
}

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
      twofoldNames: [],
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
  if (first === '')
    throw badData(file, 'holds nothing but comments', {
      hint: `if lines that begin with ${comment} are rows, say comment: none`,
    });
  const commentsOnTop = asked.comment === 'auto';
  const noted = comment === undefined ? {} : { comment, commentsOnTop };
  const { format } = asked;
  // Parquet is told by its first bytes before.
  const isObject = format === 'auto' && asked.delimiter === 'auto' && first.trimStart().startsWith('{');
  if (format === 'jsonl' || format === 'parquet' || isObject) {
    const records = firstObjects(text.slice(start), file, line);
    const columnNames = [...new Set(records.flatMap((record) => Object.keys(record)))];
    return {
      format: 'jsonl',
      header: true,
      columnNames,
      repeatedNames: ambiguousNames(columnNames, columnNames, asked.columns),
      twofoldNames: Object.values(asked.columns).filter((name) => isTwofold(name, records)),
      layout: { ...noted, header: false, cells: 1, ragged: 'refuse' },
    };
  }
  const recordsBy = (division: Division) =>
    firstRecords(text.slice(start), division, {
      count: sniffedRecords,
      isCut: bytes.length >= sniffedBytes,
      ...(comment === undefined || commentsOnTop ? {} : { comment }),
    });
  const division = divisionOf(first, recordsBy, file, { ...asked, format });
  const records = recordsBy(division);
  const rowAbove = commentsOnTop ? rowAmong(text.slice(0, start), division, records[0]?.length) : undefined;
  return {
    format: division.delimiter === '\t' ? 'tsv' : division.delimiter === ',' ? 'csv' : 'ssv',
    twofoldNames: [],
    ...(rowAbove === undefined ? {} : { rowAbove }),
    ...tableFormat(records, { ...noted, ...division }, { line, text: first, file }, asked),
  };
}

/** What the first records of a table tell: whether the first names the columns, and how long the others are. */
function tableFormat(
  records: readonly (readonly string[])[],
  layout: Pick<RecordLayout, 'delimiter' | 'spaces' | 'quote' | 'comment' | 'commentsOnTop'>,
  { file, ...top }: Line & { readonly file: string },
  asked: AskedFormat,
): Omit<InteractionFormat, 'gzip' | 'format' | 'twofoldNames' | 'rowAbove'> {
  const [first = [], ...below] = records;
  const header = asked.header === 'auto' ? looksLikeHeader(first, asked) : asked.header;
  const titles = header ? first : [];
  const columns = { header, columnNames: distinctNames(titles, first.length), repeatedNames: [] };
  const isOfAnyLength = asked.raggedRows === 'accept' && asked.delimiter !== 'auto';
  if (!header && !isOfAnyLength) refuseLineAbove(first, below, { ...top, file });
  const places = findPlaces(columns, asked.columns).map((place) => place?.index ?? -1);
  const time = places.at(-1) ?? -1;
  refuseDivided(header ? below : records, time, first.length, file, asked);
  const rowNames = header ? rowNamesOf(titles, below, time, asked) : undefined;
  const lengths = lengthsOf(first, header ? below : [], { rowNames, places }, asked);
  const columnNames = distinctNames(titles, lengths.cells);
  const timeTitle = typeof asked.columns.time === 'number' ? first[asked.columns.time - 1] : undefined;
  const isGuess = header && asked.header === 'auto' && timeTitle !== undefined && !isUsualTimeName(timeTitle);
  return {
    header,
    columnNames,
    repeatedNames: ambiguousNames(titles, columnNames, asked.columns),
    layout: { ...layout, header, ...lengths },
    ...(isGuess ? { guessedHeader: top } : {}),
    ...(rowNames === undefined ? {} : { rowNames }),
  };
}

/** The first of some lines that has as many cells as a record, and a time, or a number, in one of them. */
function rowAmong(text: string, division: Division, cells: number | undefined): Line | undefined {
  const lines = text.split(/\r\n|\n|\r/).map((one, index) => ({ line: index + 1, text: one }));
  return lines.find((one) => {
    const [row = []] = firstRecords(one.text, division, { count: 1, isCut: false });
    return (
      row.length === cells && row.some((cell) => isLikelyTime(cell) || /^\d+(?:\.\d+)?$/.test(cell.trim()))
    );
  });
}

/** How many cells there are in a row, and what of those that have others. */
function lengthsOf(
  { length }: readonly string[],
  below: readonly (readonly string[])[],
  { rowNames, places }: { readonly rowNames: RowNames | undefined; readonly places: readonly number[] },
  asked: AskedFormat,
): Pick<RecordLayout, 'cells' | 'ragged' | 'signs'> {
  const { raggedRows, columns } = asked;
  const signs = signsOf(asked);
  if (raggedRows === 'refuse') return { cells: length, ragged: 'refuse', signs };
  if (raggedRows === 'auto' && rowNames?.header === 'unnamed')
    return { cells: length + rowNames.columns, ragged: 'refuse', signs };
  const isLonger = below.length > 0 && below.every((cells) => cells.length > length);
  if (raggedRows === 'auto' && !isLonger) return { cells: length, ragged: 'refuse', signs };
  // Positions may reach cells that have no title.
  const cells = Object.values(columns).reduce<number>(
    (most, column) =>
      typeof column === 'number' && below.some((row) => row.length >= column) ? Math.max(most, column) : most,
    length,
  );
  if (raggedRows === 'accept' || cells > length) return { cells, ragged: 'accept', signs };
  const trust = trustIn(below, length, places, signs);
  return trust === 'none'
    ? { cells, ragged: 'refuse', signs }
    : { cells, ragged: 'extra', signs: { ...signs, isTimeDue: trust === 'times' } };
}

function signsOf(asked: AskedFormat): ShiftSigns {
  return {
    isTime: (cell) => isTimeCell(cell, asked),
    isAccepted: asked.raggedRows === 'accept',
    isTimeByPosition: typeof asked.columns.time === 'number',
    isTimeDue: false,
  };
}

/**
 * What says that the cells which rows have more than the header are at their end, so that no other stands under
 * another's title: that the times are times, or that numbers in their place grow and have a title behind them.
 */
function trustIn(
  rows: readonly (readonly string[])[],
  length: number,
  places: readonly number[],
  signs: ShiftSigns,
): 'times' | 'order' | 'none' {
  if (rows.every((cells) => cells.slice(length).every((cell) => cell === ''))) return 'order';
  const time = places.at(-1) ?? -1;
  if (time < 0 || places.some((place) => place > time)) return 'none';
  if (rows.every((cells) => signs.isTime(cells[time] ?? ''))) return 'times';
  const isShifted = (cells: readonly string[]) =>
    shiftOf((place) => cells[place] ?? '', time, cells.length - length, signs) !== undefined;
  const numbers = rows.map((cells) => (cells[time]?.trim() === '' ? Number.NaN : Number(cells[time])));
  const grow = numbers.every((number, index) => number >= (numbers[index - 1] ?? Number.NEGATIVE_INFINITY));
  return time < length - 1 && grow && !rows.some(isShifted) ? 'order' : 'none';
}

/**
 * Fails where the first record has another number of cells than any below it, as a line above a table has: it would be
 * the only row, and decide what divides the others.
 */
function refuseLineAbove(
  first: readonly string[],
  below: readonly (readonly string[])[],
  { file, line, text }: Line & { readonly file: string },
): void {
  if (below.length < 2 || below.some((cells) => cells.length === first.length)) return;
  throw badData(
    file,
    `the first record, ${JSON.stringify(text.slice(0, 80))}, has ${formatCount(first.length, 'cell')}, and none below it has as many`,
    {
      line,
      hint: 'where it is no row, take it out, or say what its line begins with: comment; else say delimiter, and ragged_rows: accept',
    },
  );
}

/** Fails where all rows have a time that commas between its thousands divide, whatever the header makes of that. */
function refuseDivided(
  rows: readonly (readonly string[])[],
  time: number,
  length: number,
  file: string,
  asked: AskedFormat,
): void {
  const isOfOne = (cells: readonly string[]) =>
    isDivided(
      cells[time] ?? '',
      (step) => cells[time + step] ?? '',
      length,
      (number) => isTimeCell(number, asked),
    );
  if (time < 0 || rows.length === 0 || !rows.every((cells) => cells.length === length && isOfOne(cells)))
    return;
  throw badData(file, 'its times have commas between their thousands, which divide them into several cells', {
    hint: 'write them without commas (1396872000)',
  });
}

/**
 * Whether rows begin with a name of their own, each with another, as R and pandas write them.
 *
 * @param time the place of the time, by the titles as they stand
 */
function rowNamesOf(
  titles: readonly string[],
  below: readonly (readonly string[])[],
  time: number,
  asked: AskedFormat,
): RowNames | undefined {
  if (below.length === 0) return undefined;
  const differ = (place: number) => new Set(below.map((cells) => cells[place])).size === below.length;
  const isUntitled = (title: string, place: number) =>
    /^unnamed: \d/i.test(title) || (title.trim() === '' && differ(place));
  const titled = titles.findIndex((title, place) => !isUntitled(title, place));
  if (titled > 0) return { header: 'untitled', columns: titled, moveTimes: false };
  const more = (below[0]?.length ?? 0) - titles.length;
  if (more < 1 || below.some((cells) => cells.length !== titles.length + more)) return undefined;
  const areTimes = (place: number) => below.every((cells) => isTimeCell(cells[place] ?? '', asked));
  const moveTimes = areTimes(time + more);
  if (areTimes(time) && !moveTimes) return undefined;
  // A delimiter at the end of each row is no cell of its own.
  const isOneName = more === 1 && differ(0) && below.some((cells) => cells.at(-1) !== '');
  return isOneName || moveTimes ? { header: 'unnamed', columns: more, moveTimes } : undefined;
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

type JsonRecord = { readonly [key: string]: unknown };

/** The first records that are objects. */
function firstObjects(text: string, file: string, line: number): readonly JsonRecord[] {
  // Cut where more would follow: the last line may be a part.
  const lines = text.split(/\r\n|\n|\r/, sniffedRecords);
  return lines.flatMap((one, index) => {
    const record = objectOf(one);
    if (record !== undefined) return [record];
    if (index > 0) return [];
    throw badData(file, 'not a JSON object', { line, hint: 'JSON lines hold one object on each line' });
  });
}

/** An object of JSON as DuckDB takes it too: numbers that are none, as Python writes them, and a comma at the end. */
function objectOf(line: string): JsonRecord | undefined {
  const strict = replaceOutsideStrings(line, String.raw`-?\b(?:nan|inf(?:inity)?)\b|,(?=\s*[}\]])`, (word) =>
    word === ',' ? '' : 'null',
  );
  try {
    const record: unknown = JSON.parse(strict);
    return isRecord(record) ? record : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a name is a key of some of the records and a path into some. */
function isTwofold(name: unknown, records: readonly JsonRecord[]): name is string {
  if (typeof name !== 'string' || !name.includes('.')) return false;
  const at = (record: JsonRecord, path: readonly string[]) =>
    path.reduce<unknown>((value, key) => (isRecord(value) ? value[key] : undefined), record);
  return (
    records.some((record) => Object.hasOwn(record, name)) &&
    records.some((record) => at(record, name.split('.')) !== undefined)
  );
}

function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

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
