import { greatest } from '../base/extremes.js';
import type { Json } from '../base/json.js';
import { displayWidth, printable } from '../base/terminal-text.js';

/** Columns and rows of a query or view. */
export interface RowTable {
  readonly columns: readonly string[];
  /** Cells in the order of `columns`. */
  readonly rows: readonly (readonly Json[])[];
}

export type RowFormat = 'table' | 'csv' | 'json' | 'markdown' | 'tex';

/**
 * How rows become text, which is the head, then the rows with `between` between two of them, then the foot. Each row's
 * text is its own, so that any number of them can be written one after the other.
 */
export interface RowWriter {
  readonly head: string;
  row(cells: RowTable['rows'][number]): string;
  readonly between: string;
  readonly foot: string;
}

/**
 * Writes rows as text that ends in a line end: figures to six digits in `table`, `markdown` and `tex`, whole in
 * `csv` and `json`.
 *
 * @param first the columns and rows that decide how wide a column of a table is and on which side its cells stand; a
 *   wider cell of a later row moves the rest of its line
 * @param width columns that a table may take; one that is wider becomes a block of lines for each row, a line a cell
 */
export function rowWriter(first: RowTable, format: RowFormat, width = Number.POSITIVE_INFINITY): RowWriter {
  switch (format) {
    case 'table':
      return first.rows.length > 0 && tableWidth(first) > width ? asBlocks(first) : asTable(first);
    case 'markdown':
      return asMarkdown(first);
    case 'tex':
      return asTex(first);
    case 'csv':
      return asCsv(first);
    case 'json':
      return asJson(first);
  }
}

/** Rows that decide the layout of a table whose rows are written as they come. */
export const rowsForLayout = 1000;

/**
 * Rows that come in pieces as pieces of text; the first `rowsForLayout` rows decide the layout, however the pieces are
 * cut.
 */
export async function* formatPieces(
  columns: RowTable['columns'],
  pieces: AsyncIterable<RowTable['rows']>,
  format: RowFormat,
  width?: number,
): AsyncGenerator<string> {
  let writer: RowWriter | undefined;
  let waiting: RowTable['rows'][number][] = [];
  const begin = () => {
    writer = rowWriter({ columns, rows: waiting.slice(0, rowsForLayout) }, format, width);
    const text = writer.head + waiting.map(writer.row).join(writer.between);
    waiting = [];
    return text;
  };
  for await (const rows of pieces) {
    if (writer !== undefined) {
      yield rows.map((row) => writer?.between + (writer?.row(row) ?? '')).join('');
      continue;
    }
    for (const row of rows) waiting.push(row);
    if (waiting.length >= rowsForLayout) yield begin();
  }
  if (writer === undefined) yield begin();
  yield writer?.foot ?? '';
}

/** All rows of a table as text. */
export function formatRows(table: RowTable, format: RowFormat, width?: number): string {
  const { head, row, between, foot } = rowWriter(table, format, width);
  return `${head}${table.rows.map(row).join(between)}${foot}`;
}

function cellText(cell: Json | undefined): string {
  if (cell === null || cell === undefined) return '';
  if (typeof cell === 'number')
    return Number.isInteger(cell) ? String(cell) : String(Number(cell.toPrecision(6)));
  return typeof cell === 'string' ? cell : JSON.stringify(cell);
}

/** A cell of several lines (a plan of EXPLAIN) keeps them. */
function cellLines(cell: Json | undefined): readonly string[] {
  return cellText(cell).split('\n').map(printable);
}

/** Columns that hold numbers only, which read better from the right. */
function numericColumns({ columns, rows }: RowTable): readonly boolean[] {
  return columns.map((_, index) =>
    rows.every((row) => row[index] === null || typeof row[index] === 'number'),
  );
}

function columnWidths({ columns, rows }: RowTable): readonly number[] {
  return columns.map((name, index) =>
    greatest(
      rows.flatMap((row) => cellLines(row[index]).map(displayWidth)),
      displayWidth(printable(name)),
    ),
  );
}

/** What stands below the heads: from the first column to the last. */
function ruleOf(widths: readonly number[]): string {
  return widths.map((width) => '-'.repeat(width)).join('  ');
}

/** Columns that a table takes. */
export function tableWidth(table: RowTable): number {
  return ruleOf(columnWidths(table)).length;
}

function asTable(first: RowTable): RowWriter {
  const numeric = numericColumns(first);
  const widths = columnWidths(first);
  const pad = (text: string, index: number) => {
    const space = ' '.repeat(Math.max(0, (widths[index] ?? 0) - displayWidth(text)));
    return numeric[index] ? space + text : text + space;
  };
  const line = (texts: readonly string[]) => `${texts.map(pad).join('  ').trimEnd()}\n`;
  return {
    head: `${line(first.columns.map(printable))}${ruleOf(widths)}\n`,
    row(cells) {
      const lines = cells.map(cellLines);
      const height = greatest(
        lines.map((own) => own.length),
        1,
      );
      return Array.from({ length: height }, (_, at) => line(lines.map((own) => own[at] ?? ''))).join('');
    },
    between: '',
    foot: '',
  };
}

/** For each row its columns below each other, an empty line between rows. */
function asBlocks({ columns }: RowTable): RowWriter {
  const names = columns.map(printable);
  const nameWidth = greatest(names.map(displayWidth));
  return {
    head: '',
    row: (cells) =>
      names
        .flatMap((name, index) =>
          cellLines(cells[index]).map((line, at) => {
            const head = at === 0 ? name : '';
            const space = ' '.repeat(nameWidth - displayWidth(head));
            return `${`${head}${space}  ${line}`.trimEnd()}\n`;
          }),
        )
        .join(''),
    between: '\n',
    foot: '',
  };
}

function asMarkdown(first: RowTable): RowWriter {
  const escaped = (text: string) => printable(text.replaceAll('\n', ' ')).replace(/[|\\]/g, '\\$&');
  const line = (texts: readonly string[]) => `| ${texts.join(' | ')} |\n`;
  const rule = numericColumns(first).map((one) => (one ? '---:' : '---'));
  return {
    head: `${line(first.columns.map(escaped))}${line(rule)}`,
    row: (cells) => line(cells.map((cell) => escaped(cellText(cell)))),
    between: '',
    foot: '',
  };
}

/** A LaTeX `tabular`, for which a document needs no package. */
function asTex(first: RowTable): RowWriter {
  const numeric = numericColumns(first);
  const line = (texts: readonly string[]) => `${texts.join(' & ')} \\\\\n`;
  const cell = (value: Json | undefined) => {
    const text = escapedForTex(cellText(value));
    // A hyphen is no minus sign.
    return typeof value === 'number' && value < 0 ? `$${text}$` : text;
  };
  const sides = numeric.map((one) => (one ? 'r' : 'l')).join('');
  return {
    head: `\\begin{tabular}{${sides}}\n\\hline\n${line(first.columns.map(escapedForTex))}\\hline\n`,
    row: (cells) => line(cells.map(cell)),
    between: '',
    foot: '\\hline\n\\end{tabular}\n',
  };
}

function escapedForTex(text: string): string {
  const names: { readonly [sign: string]: string } = {
    '\\': '\\textbackslash{}',
    '~': '\\textasciitilde{}',
    '^': '\\textasciicircum{}',
    '<': '\\textless{}',
    '>': '\\textgreater{}',
    '|': '\\textbar{}',
  };
  return printable(text.replaceAll('\n', ' ')).replace(
    /[\\~^<>|&%$#_{}]/g,
    (sign) => names[sign] ?? `\\${sign}`,
  );
}

/** RFC 4180, but with bare line feeds at the line ends; null is an empty field. */
function asCsv({ columns }: RowTable): RowWriter {
  const field = (cell: Json | undefined) => {
    if (cell === null || cell === undefined) return '';
    const text = typeof cell === 'string' ? cell : JSON.stringify(cell);
    return text === '' || /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const row = (cells: readonly Json[]) => `${cells.map(field).join(',')}\n`;
  return { head: row(columns), row, between: '', foot: '' };
}

/** One array, each row an object on a line of its own. */
function asJson({ columns }: RowTable): RowWriter {
  const row = (cells: readonly Json[]) =>
    JSON.stringify(Object.fromEntries(columns.map((name, index) => [name, cells[index] ?? null])));
  return { head: '[', row, between: ',\n', foot: ']\n' };
}
