import { badData } from '../../../tables/bad-data.js';

export interface CsvRecord {
  /** On which it begins, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

/**
 * The records of a text in CSV (RFC 4180), empty lines left out; cells are divided by commas, or by tabs or semicolons
 * where the first line has these alone.
 *
 * @throws FailureError `bad-data` where a quotation mark is not closed
 */
export function csvRecords(text: string, name: string): readonly CsvRecord[] {
  const [head = ''] = text.split(/\r?\n/, 1);
  const delimiter = [',', '\t', ';'].find((one) => head.includes(one)) ?? ',';
  // A cell: quoted, with quotation marks doubled, or up to the next delimiter; and what ends it.
  const cell = new RegExp(
    `(?:"((?:[^"]|"")*)"|([^"${delimiter}\\r\\n][^${delimiter}\\r\\n]*)?)(${delimiter}|\\r?\\n|\\r|$)`,
    'y',
  );
  const records: CsvRecord[] = [];
  let line = 1;
  let begun = 1;
  let cells: string[] = [];
  while (cell.lastIndex < text.length || cells.length > 0) {
    const from = cell.lastIndex;
    const found = cell.exec(text);
    if (found === null) {
      throw unreadableCell(text.slice(from), name, line);
    }
    const [whole, quoted, plain, end] = found;
    cells.push(quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"'));
    line += whole.split('\n').length - 1;
    if (end === delimiter) continue;
    if (cells.length > 1 || cells[0] !== '') records.push({ line: begun, cells });
    cells = [];
    begun = line;
  }
  return records;
}

/** @param rest the text from the cell on */
function unreadableCell(rest: string, name: string, line: number): Error {
  const isOpen = rest.startsWith('"') && !/"(?:[^"]|"")*"/y.test(rest);
  const problem = isOpen ? 'a quotation mark is not closed' : 'a quotation mark stands inside a cell';
  return badData(name, problem, { line, hint: 'write CSV by a library (csv.writer)' });
}
