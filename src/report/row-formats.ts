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
 * Rows as text, ending in a line end: figures to six digits in `table`, `markdown` and `tex`, whole in `csv`
 * and `json`.
 *
 * @param width columns that a table may take; one that is wider becomes a block of lines for each row, a line a cell
 */
export function formatRows(table: RowTable, format: RowFormat, width = Number.POSITIVE_INFINITY): string {
  switch (format) {
    case 'table': {
      const layout = layOut(table);
      return layout.rule.length > width && table.rows.length > 0 ? asBlocks(table) : asTable(table, layout);
    }
    case 'markdown':
      return asMarkdown(table);
    case 'tex':
      return asTex(table);
    case 'csv':
      return asCsv(table);
    case 'json':
      return `${JSON.stringify(table.rows.map((row) => Object.fromEntries(table.columns.map((name, index) => [name, row[index] ?? null]))))}\n`;
  }
}

function cellText(cell: Json | undefined): string {
  if (cell === null || cell === undefined) return '';
  if (typeof cell === 'number')
    return Number.isInteger(cell) ? String(cell) : String(Number(cell.toPrecision(6)));
  return typeof cell === 'string' ? cell : JSON.stringify(cell);
}

/** Columns that hold numbers only, which read better from the right. */
function numericColumns({ columns, rows }: RowTable): readonly boolean[] {
  return columns.map((_, index) =>
    rows.every((row) => row[index] === null || typeof row[index] === 'number'),
  );
}

/** Columns that a table takes. */
export function tableWidth(table: RowTable): number {
  return layOut(table).rule.length;
}

interface TableLayout {
  /** The lines of each cell. */
  readonly cells: readonly (readonly (readonly string[])[])[];
  readonly widths: readonly number[];
  /** What stands below the heads: from the first column to the last. */
  readonly rule: string;
}

function layOut(table: RowTable): TableLayout {
  // A cell of several lines (a plan of EXPLAIN) keeps them.
  const cells = table.rows.map((row) => row.map((cell) => cellText(cell).split('\n').map(printable)));
  const widths = table.columns.map((name, index) =>
    Math.max(
      displayWidth(printable(name)),
      ...cells.map((row) => Math.max(...(row[index] ?? ['']).map(displayWidth))),
    ),
  );
  return { cells, widths, rule: widths.map((width) => '-'.repeat(width)).join('  ') };
}

function asTable(table: RowTable, { cells, widths, rule }: TableLayout): string {
  const numeric = numericColumns(table);
  const pad = (text: string, index: number) => {
    const space = ' '.repeat((widths[index] ?? 0) - displayWidth(text));
    return numeric[index] ? space + text : text + space;
  };
  const line = (texts: readonly string[]) => texts.map(pad).join('  ').trimEnd();
  const lines = [line(table.columns.map(printable)), rule];
  for (const row of cells) {
    const height = Math.max(1, ...row.map((cell) => cell.length));
    for (let at = 0; at < height; at++) lines.push(line(row.map((cell) => cell[at] ?? '')));
  }
  return `${lines.join('\n')}\n`;
}

/** For each row its columns below each other, an empty line between rows. */
function asBlocks({ columns, rows }: RowTable): string {
  const names = columns.map(printable);
  const nameWidth = Math.max(...names.map(displayWidth));
  const block = (row: RowTable['rows'][number]) =>
    names.flatMap((name, index) =>
      cellText(row[index])
        .split('\n')
        .map((line, at) => {
          const head = at === 0 ? name : '';
          const space = ' '.repeat(nameWidth - displayWidth(head));
          return `${head}${space}  ${printable(line)}`.trimEnd();
        }),
    );
  return `${rows.map((row) => block(row).join('\n')).join('\n\n')}\n`;
}

function asMarkdown(table: RowTable): string {
  const numeric = numericColumns(table);
  const escaped = (text: string) => printable(text.replaceAll('\n', ' ')).replace(/[|\\]/g, '\\$&');
  const line = (texts: readonly string[]) => `| ${texts.join(' | ')} |`;
  return `${[
    line(table.columns.map(escaped)),
    line(numeric.map((one) => (one ? '---:' : '---'))),
    ...table.rows.map((row) => line(row.map((cell) => escaped(cellText(cell))))),
  ].join('\n')}\n`;
}

/** A LaTeX `tabular`, for which a document needs no package. */
function asTex(table: RowTable): string {
  const numeric = numericColumns(table);
  const line = (texts: readonly string[]) => `${texts.join(' & ')} \\\\`;
  const cell = (value: Json | undefined) => {
    const text = escapedForTex(cellText(value));
    // A hyphen is no minus sign.
    return typeof value === 'number' && value < 0 ? `$${text}$` : text;
  };
  return `${[
    `\\begin{tabular}{${numeric.map((one) => (one ? 'r' : 'l')).join('')}}`,
    '\\hline',
    line(table.columns.map(escapedForTex)),
    '\\hline',
    ...table.rows.map((row) => line(row.map(cell))),
    '\\hline',
    '\\end{tabular}',
  ].join('\n')}\n`;
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
function asCsv({ columns, rows }: RowTable): string {
  const field = (cell: Json | undefined) => {
    if (cell === null || cell === undefined) return '';
    const text = typeof cell === 'string' ? cell : JSON.stringify(cell);
    return text === '' || /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [columns, ...rows].map((row) => `${row.map(field).join(',')}\n`).join('');
}
