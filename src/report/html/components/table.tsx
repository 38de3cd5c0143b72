import type { ReactNode } from 'react';
import { formatNumber } from '../../../base/quantities.js';

export interface TableColumn {
  readonly title: ReactNode;
  /** Set in figures of one width, from the right. */
  readonly isNumber?: boolean;
}

export interface TableProps {
  /** Unique in the page: what a screen reader calls the box that scrolls. */
  readonly label: string;
  readonly columns: readonly TableColumn[];
  /** The first cell of a row is its heading. */
  readonly rows: readonly (readonly ReactNode[])[];
  readonly className?: string;
}

/** A column of rows of one kind. */
export interface ColumnOf<Row> extends TableColumn {
  readonly cell: (row: Row) => ReactNode;
}

/** Columns and cells of rows, without columns that say nothing of any of them. */
export function filledColumns<Row>(
  columns: readonly ColumnOf<Row>[],
  rows: readonly Row[],
): Pick<TableProps, 'columns' | 'rows'> {
  const shown = columns.filter(({ cell }) => rows.some((row) => (cell(row) ?? null) !== null));
  return { columns: shown, rows: rows.map((row) => shown.map(({ cell }) => cell(row))) };
}

/** A table in a box of its own, which scrolls where the page is narrower. */
export function Table({ label, columns, rows, className }: TableProps): ReactNode {
  const classOf = (column: number) => (columns[column]?.isNumber ? 'number' : undefined);
  return (
    <ScrollBox label={label}>
      <table className={className}>
        <thead>
          <tr>
            {columns.map(({ title }, column) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: columns never move
              <th key={column} scope="col" className={classOf(column)}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((cells, row) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows never move
            <tr key={row}>
              {cells.map((cell, column) =>
                column === 0 ? (
                  // biome-ignore lint/suspicious/noArrayIndexKey: columns never move
                  <th key={column} scope="row" className={classOf(column)}>
                    {cell}
                  </th>
                ) : (
                  // biome-ignore lint/suspicious/noArrayIndexKey: columns never move
                  <td key={column} className={classOf(column)}>
                    {cell}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollBox>
  );
}

/** A box that scrolls by itself, by keyboard too. */
export function ScrollBox({
  label,
  children,
  className = '',
}: {
  readonly label: string;
  readonly children: ReactNode;
  readonly className?: string;
}): ReactNode {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset groups what is filled in
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <div className={`scroll ${className}`.trim()} role="group" aria-label={label} tabIndex={0}>
      {children}
    </div>
  );
}

/** A number as tables of figures show it: five digits after the point, whole numbers as they are. */
export function figureText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value !== 'number') return String(value);
  if (Number.isInteger(value)) return String(value);
  return Math.abs(value) >= 0.001 ? formatNumber(value, 5) : value.toExponential(2);
}
