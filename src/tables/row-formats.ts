import type { Json } from '../base/json.js';
import { formatNumber } from '../base/quantities.js';
import { displayWidth, printable } from '../base/terminal-text.js';

/** Columns and rows of a query or view. */
export interface RowTable {
  readonly columns: readonly string[];
  /** Cells in the order of `columns`. */
  readonly rows: readonly (readonly Json[])[];
}

export type RowFormat = 'table' | 'csv' | 'json' | 'markdown' | 'tex';

/** Rows as text, batch by batch. */
export interface RowWriter {
  /** The text of further rows; with the first, even if it has none, all that stands before rows. */
  add(batch: RowTable): string;
  /** What stands after all rows. */
  end(): string;
}

/**
 * Writes batches of rows of the same columns, ending in a line end: numbers as `formatNumber` has them in `table`,
 * `markdown` and `tex`, whole in `csv` and `json`.
 *
 * @param width columns that a table may take; one whose first batch is wider becomes a block of lines for each row, a
 *   line a cell
 */
export function rowWriter(format: RowFormat, width = Number.POSITIVE_INFINITY): RowWriter {
  switch (format) {
    case 'table':
      return tableWriter(width);
    case 'markdown':
      return markdownWriter();
    case 'tex':
      return texWriter();
    case 'csv':
      return csvWriter();
    case 'json':
      return jsonWriter();
  }
}

/** All rows of a table as text, as `rowWriter` writes them. */
export function formatRows(table: RowTable, format: RowFormat, width?: number): string {
  const writer = rowWriter(format, width);
  return writer.add(table) + writer.end();
}

function cellText(cell: Json | undefined): string {
  if (cell === null || cell === undefined) return '';
  if (typeof cell === 'number') return formatNumber(cell);
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
  return ruleOf(widthsOf(table, cellLines(table))).length;
}

/** The lines of each cell: one of several lines (a plan of EXPLAIN) keeps them. */
function cellLines({ rows }: RowTable): readonly (readonly (readonly string[])[])[] {
  return rows.map((row) =>
    row.map((cell) => {
      const text = cellText(cell);
      return typeof cell === 'string' ? text.split('\n').map(printable) : [text];
    }),
  );
}

/** What each column takes, at least as much as before. */
function widthsOf(
  { columns }: RowTable,
  cells: ReturnType<typeof cellLines>,
  before: readonly number[] = [],
): readonly number[] {
  const widths = columns.map((name, index) => Math.max(before[index] ?? 0, displayWidth(printable(name))));
  for (const row of cells) {
    for (const [index, lines] of row.entries()) {
      for (const line of lines) widths[index] = Math.max(widths[index] ?? 0, displayWidth(line));
    }
  }
  return widths;
}

/** What stands below the heads: from the first column to the last. */
function ruleOf(widths: readonly number[]): string {
  return widths.map((width) => '-'.repeat(width)).join('  ');
}

/** Columns are as wide as the first batch needs, and grow where a later one needs more. */
function tableWriter(width: number): RowWriter {
  let widths: readonly number[] | undefined;
  let numeric: readonly boolean[] = [];
  let blocks: RowWriter | undefined;
  const line = (texts: readonly string[]) => {
    const padded = texts.map((text, index) => {
      const space = ' '.repeat((widths?.[index] ?? 0) - displayWidth(text));
      return numeric[index] ? space + text : text + space;
    });
    return `${padded.join('  ').trimEnd()}\n`;
  };
  return {
    add(batch) {
      if (blocks !== undefined) return blocks.add(batch);
      const cells = cellLines(batch);
      const isFirst = widths === undefined;
      widths = widthsOf(batch, cells, widths);
      let text = '';
      if (isFirst) {
        numeric = numericColumns(batch);
        if (batch.rows.length > 0 && ruleOf(widths).length > width) {
          blocks = blockWriter();
          return blocks.add(batch);
        }
        text = `${line(batch.columns.map(printable))}${ruleOf(widths)}\n`;
      }
      for (const row of cells) {
        const height = row.reduce((most, lines) => Math.max(most, lines.length), 1);
        for (let at = 0; at < height; at++) text += line(row.map((lines) => lines[at] ?? ''));
      }
      return text;
    },
    end: () => '',
  };
}

/** For each row its columns below each other, an empty line between rows. */
function blockWriter(): RowWriter {
  let between = '';
  return {
    add({ columns, rows }) {
      const names = columns.map(printable);
      const nameWidth = names.reduce((most, name) => Math.max(most, displayWidth(name)), 0);
      let text = '';
      for (const row of rows) {
        text += between;
        between = '\n';
        for (const [index, name] of names.entries()) {
          for (const [at, line] of cellText(row[index]).split('\n').entries()) {
            const head = at === 0 ? name : '';
            const space = ' '.repeat(nameWidth - displayWidth(head));
            text += `${`${head}${space}  ${printable(line)}`.trimEnd()}\n`;
          }
        }
      }
      return text;
    },
    end: () => '',
  };
}

function markdownWriter(): RowWriter {
  const escaped = (text: string) => printable(text.replaceAll('\n', ' ')).replace(/[|\\]/g, '\\$&');
  const line = (texts: readonly string[]) => `| ${texts.join(' | ')} |\n`;
  const heads = (batch: RowTable) =>
    line(batch.columns.map(escaped)) + line(numericColumns(batch).map((one) => (one ? '---:' : '---')));
  return headedWriter(heads, ({ rows }) =>
    rows.map((row) => line(row.map((cell) => escaped(cellText(cell))))).join(''),
  );
}

/** A LaTeX `tabular`, for which a document needs no package. */
function texWriter(): RowWriter {
  const line = (texts: readonly string[]) => `${texts.join(' & ')} \\\\\n`;
  const cell = (value: Json | undefined) => {
    const infinite = /^(-?)Infinity$/.exec(cellText(value));
    if (infinite !== null) return `$${infinite[1]}\\infty$`;
    const text = escapedForTex(cellText(value));
    // A hyphen is no minus sign, nor is it one in an interval: `-0.2 [-0.5, 0.1]`.
    if (typeof value === 'number') return value < 0 ? `$${text}$` : text;
    return text.replace(/(?<=^|\[|, )-(?=\d)/g, '$-$$');
  };
  const heads = (batch: RowTable) => {
    const sides = numericColumns(batch).map((one) => (one ? 'r' : 'l'));
    return `\\begin{tabular}{${sides.join('')}}\n\\hline\n${line(batch.columns.map(escapedForTex))}\\hline\n`;
  };
  const { add } = headedWriter(heads, ({ rows }) => rows.map((row) => line(row.map(cell))).join(''));
  return { add, end: () => '\\hline\n\\end{tabular}\n' };
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
function csvWriter(): RowWriter {
  const field = (cell: Json | undefined) => {
    if (cell === null || cell === undefined) return '';
    const text = typeof cell === 'string' ? cell : JSON.stringify(cell);
    return text === '' || /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const line = (cells: readonly Json[]) => `${cells.map(field).join(',')}\n`;
  return headedWriter(
    ({ columns }) => line(columns),
    ({ rows }) => rows.map(line).join(''),
  );
}

/** One array of objects, each on a line of its own. */
function jsonWriter(): RowWriter {
  let before = '[';
  return {
    add({ columns, rows }) {
      let text = '';
      for (const row of rows) {
        const cells = columns.map((name, index) => [name, row[index] ?? null]);
        text += before + JSON.stringify(Object.fromEntries(cells));
        before = ',\n';
      }
      return text;
    },
    end: () => (before === '[' ? '[]\n' : ']\n'),
  };
}

function headedWriter(heads: (batch: RowTable) => string, lines: (batch: RowTable) => string): RowWriter {
  let isFirst = true;
  return {
    add(batch) {
      const text = isFirst ? heads(batch) + lines(batch) : lines(batch);
      isFirst = false;
      return text;
    },
    end: () => '',
  };
}
