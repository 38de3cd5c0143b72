import { badData } from '../../tables/bad-data.js';
import { type ColumnMapping, distinctNames, findPlaces, looksLikeHeader } from './column-places.js';
import { isTimeCell } from './times.js';

export type TextFormat = 'csv' | 'tsv' | 'ssv';

/** What divides the cells of a line. */
export interface Division {
  readonly delimiter?: string;
  readonly spaces?: boolean;
  readonly quote?: string;
}

/** What decides how lines are divided. */
interface AskedDivision {
  readonly format: TextFormat | 'auto';
  readonly delimiter: string;
  readonly quote: string;
  readonly header: boolean | 'auto';
  readonly columns: ColumnMapping;
  readonly nullValues: readonly string[];
  readonly datePattern?: RegExp;
}

const delimiters = { csv: [',', ';', '::', '|'], tsv: ['\t'], ssv: [' '] } as const;

/**
 * What divides the cells of the lines.
 *
 * @param line the first that holds a record
 * @param recordsBy the first records of the file, divided so
 * @throws FailureError `bad-data` where the first lines do not tell
 */
export function divisionOf(
  line: string,
  recordsBy: (division: Division) => readonly (readonly string[])[],
  file: string,
  asked: AskedDivision,
): Division {
  const quote = asked.quote === 'none' ? {} : { quote: asked.quote };
  if (asked.delimiter === 'spaces') return { spaces: true, ...quote };
  if (asked.delimiter !== 'auto') return { delimiter: asked.delimiter, ...quote };
  const candidates: readonly string[] =
    asked.format === 'auto'
      ? [...delimiters.tsv, ...delimiters.csv, ...delimiters.ssv]
      : delimiters[asked.format];
  const cells = (delimiter: string) => firstCells(line, { delimiter, ...quote }).cells.length;
  const able = candidates.filter((one) => cells(one) >= 3);
  const delimiter =
    // Spaces are in many a text.
    able.length > 1 && able[1] !== ' '
      ? bestOf(able, (one) => recordsBy({ delimiter: one, ...quote }), file, asked)
      : (able[0] ??
        candidates.find((one) => cells(one) === 2) ??
        (asked.format === 'auto' ? undefined : candidates[0]));
  if (delimiter === undefined) {
    throw badData(file, `cannot tell the format from the first line, ${JSON.stringify(line.slice(0, 80))}`, {
      hint: 'say format: csv, tsv, ssv (separated by spaces), parquet or jsonl; or delimiter',
    });
  }
  const isSpaces = delimiter === ' ' && /^[ \t]|[ \t]{2}/.test(line);
  return { ...(isSpaces ? { spaces: true } : { delimiter }), ...quote };
}

/** Of delimiters that could divide the first line, the first by which the records hold what is looked for. */
function bestOf(
  able: readonly string[],
  recordsBy: (delimiter: string) => readonly (readonly string[])[],
  file: string,
  asked: AskedDivision,
): string | undefined {
  const read = able
    .filter((one) => one !== ' ')
    .map((delimiter) => {
      const records = recordsBy(delimiter);
      return { delimiter, records, fit: fitOf(records, asked) };
    });
  const best = read.reduce((a, b) => (b.fit > a.fit ? b : a));
  const other = read.find(
    ({ delimiter, records }) =>
      delimiter !== best.delimiter &&
      records.length > 1 &&
      records.every((cells) => cells.length >= 3 && cells.some((cell) => isTimeCell(cell, asked))),
  );
  if (best.fit === found && other !== undefined) {
    const [one, two] = [best, other].map(({ delimiter }) => JSON.stringify(delimiter));
    throw badData(file, `its lines can be divided by ${one} and by ${two}`, {
      hint: `say which: delimiter: ${one}, or delimiter: ${two}`,
    });
  }
  return best.delimiter;
}

// How well a division fits, from not at all.
const unfit = 0;
const found = 1;
const certain = 2;

/** Whether all columns are found, and whether names or a time say that they are the right ones. */
function fitOf(records: readonly (readonly string[])[], asked: AskedDivision): number {
  const [first = [], second = []] = records;
  const header = asked.header === 'auto' ? looksLikeHeader(first, asked) : asked.header;
  const columns = {
    header,
    columnNames: distinctNames(header ? first : [], first.length),
    repeatedNames: [],
  };
  const places = findPlaces(columns, asked.columns);
  const time = places.at(-1);
  if (time === undefined || places.includes(undefined)) return unfit;
  const isByName = header && Object.values(asked.columns).every((column) => typeof column === 'string');
  return isByName || isTimeCell((header ? second : first)[time.index] ?? '', asked) ? certain : found;
}

/**
 * The first records of a text, each as its cells; blank lines and those that begin with `comment` are none.
 *
 * @param isCut whether more follows, so that the last record may be a part of one
 */
export function firstRecords(
  text: string,
  division: Division,
  { count, isCut, comment }: { readonly count: number; readonly isCut: boolean; readonly comment?: string },
): readonly (readonly string[])[] {
  const records: string[][] = [];
  let rest = text;
  while (rest !== '' && records.length < count) {
    if (comment !== undefined && rest.startsWith(comment)) {
      rest = rest.replace(/^[^\r\n]*(\r\n|\n|\r)?/, '');
      continue;
    }
    const { cells, length } = firstCells(rest, division);
    rest = rest.slice(length).replace(/^(?:\r\n|\n|\r)/, '');
    if (cells.length > 1 || cells[0]?.trim() !== '') records.push(cells);
  }
  return isCut && rest === '' && records.length > 1 ? records.slice(0, -1) : records;
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
    const isQuoted = quote !== undefined && text.charAt(at) === quote;
    const { cell, end } = isQuoted ? quotedCell(text, at, quote) : { cell: '', end: at };
    at = end;
    const from = at;
    while (!isOver() && !dividerAt()) at++;
    cells.push(cell + text.slice(from, at));
    if (spaces === true) skipSpaces();
    if (isOver()) return { cells, length: at };
    if (spaces !== true) at += delimiter.length;
  }
}

/** The text in the quotes that open at a place, doubled ones as one, and where what follows the last begins. */
function quotedCell(text: string, open: number, quote: string): { cell: string; end: number } {
  let cell = '';
  let at = open + 1;
  for (; at < text.length; at++) {
    if (text.charAt(at) !== quote) cell += text.charAt(at);
    else if (text.charAt(at + 1) === quote) cell += text.charAt(at++);
    else break;
  }
  return { cell, end: at + 1 };
}
