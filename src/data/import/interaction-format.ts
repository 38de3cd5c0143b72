import { replaceOutsideStrings } from '../../base/json.js';
import { badData } from '../../tables/bad-data.js';
import {
  ambiguousNames,
  type ColumnMapping,
  type Columns,
  distinctNames,
  findPlaces,
  isUsualTimeName,
  looksLikeHeader,
  namesGivenTwice,
} from './column-places.js';
import { foreignFormatOf } from './foreign-format.js';
import { firstStoredBytes, sourceBytes } from './source-bytes.js';
import type { RecordLayout } from './split-records.js';
import { type Division, divisionOf, firstRecords, type TextFormat } from './text-division.js';
import { isLikelyTime } from './times.js';

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
}

interface Line {
  /** From 1. */
  readonly line: number;
  readonly text: string;
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
  /** Rows begin with a name of their own, which the header leaves out (`unnamed`) or empty (`untitled`). */
  readonly rowNames?: 'unnamed' | 'untitled';
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
    ...tableFormat(records, { ...noted, ...division }, { line, text: first }, asked),
  };
}

/** What the first records of a table tell: whether the first names the columns, and how long the others are. */
function tableFormat(
  records: readonly (readonly string[])[],
  layout: Pick<RecordLayout, 'delimiter' | 'spaces' | 'quote' | 'comment' | 'commentsOnTop'>,
  top: Line,
  asked: AskedFormat,
): Omit<InteractionFormat, 'gzip' | 'format' | 'twofoldNames' | 'rowAbove'> {
  const [first = [], ...below] = records;
  const header = asked.header === 'auto' ? looksLikeHeader(first, asked) : asked.header;
  const titles = header ? first : [];
  const columns = { header, columnNames: distinctNames(titles, first.length), repeatedNames: [] };
  const time = findPlaces(columns, asked.columns).at(-1)?.index ?? -1;
  const rowNames = header ? rowNamesOf(titles, below, time) : undefined;
  const { cells, ragged } = lengthsOf(first, header ? below : [], rowNames, asked);
  const timeTitle = typeof asked.columns.time === 'number' ? first[asked.columns.time - 1] : undefined;
  const isGuess = header && asked.header === 'auto' && timeTitle !== undefined && !isUsualTimeName(timeTitle);
  return {
    header,
    columnNames: distinctNames(titles, cells),
    repeatedNames: namesGivenTwice(titles),
    layout: { ...layout, header, cells, ragged },
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
  rowNames: InteractionFormat['rowNames'],
  { raggedRows, columns }: AskedFormat,
): Pick<RecordLayout, 'cells' | 'ragged'> {
  if (raggedRows === 'refuse') return { cells: length, ragged: 'refuse' };
  if (raggedRows === 'auto' && rowNames === 'unnamed') return { cells: length + 1, ragged: 'refuse' };
  const isLonger = below.length > 0 && below.every((cells) => cells.length > length);
  if (raggedRows === 'auto' && !isLonger) return { cells: length, ragged: 'refuse' };
  // Positions may reach cells that have no title.
  const cells = Object.values(columns).reduce<number>(
    (most, column) =>
      typeof column === 'number' && below.some((row) => row.length >= column) ? Math.max(most, column) : most,
    length,
  );
  return { cells, ragged: raggedRows === 'accept' || cells > length ? 'accept' : 'extra' };
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
): InteractionFormat['rowNames'] {
  if (below.length === 0 || new Set(below.map(([first]) => first)).size < below.length) return undefined;
  if (titles[0]?.trim() === '') return 'untitled';
  const isLonger = below.every((cells) => cells.length === titles.length + 1);
  const areTimes = (place: number) => below.every((cells) => isLikelyTime(cells[place] ?? ''));
  if (areTimes(time) && !areTimes(time + 1)) return undefined;
  // A delimiter at the end of each row is no cell of its own.
  return isLonger && below.some((cells) => cells.at(-1) !== '') ? 'unnamed' : undefined;
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
