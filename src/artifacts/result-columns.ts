import type { Json } from '../base/json.js';
import { columnNamer } from '../tables/free-names.js';
import type { RowTable } from '../tables/row-formats.js';

/** Who gave a column of results its name; of two that have one name, the later of these has an underscore behind it. */
const namers = ['kshot', 'setting', 'beside a metric', 'metric'] as const;

/** A column of a table of results. */
export interface ResultColumn<Of> {
  readonly name: string;
  readonly namedBy: (typeof namers)[number];
  readonly cellOf: (row: Of) => Json;
  /** Whether it is shown even where it says nothing. */
  readonly isKept?: boolean;
}

/**
 * Rows as a table, without columns that say nothing. A column whose name is taken has an underscore behind it, as in SQL:
 * a metric called `n` is `n_`, whether or not this table has a column `n`.
 */
export function resultTable<Of>(columns: readonly ResultColumn<Of>[], rows: readonly Of[]): RowTable {
  const shown = columns.filter(
    ({ isKept, cellOf }) => isKept === true || rows.some((row) => cellOf(row) !== null),
  );
  const isNamed = (column: ResultColumn<Of>) => column.namedBy === 'kshot' || shown.includes(column);
  const nameOf = columnNamer([]);
  const names = new Map(
    namers.flatMap((namer) =>
      columns
        .filter((column) => column.namedBy === namer && isNamed(column))
        .map((column) => [column, nameOf(column.name)] as const),
    ),
  );
  return {
    columns: shown.map((column) => names.get(column) ?? column.name),
    rows: rows.map((row) => shown.map(({ cellOf }) => cellOf(row))),
  };
}

/** Columns that kshot itself names. */
export function ownColumns<Of>(
  cells: readonly (readonly [name: string, cellOf: (row: Of) => Json])[],
): readonly ResultColumn<Of>[] {
  return cells.map(([name, cellOf]) => ({ name, namedBy: 'kshot', cellOf }));
}
