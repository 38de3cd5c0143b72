import type { Json } from '../../../base/json.js';
import { own } from '../../../base/own-properties.js';
import { badData } from '../../../tables/bad-data.js';
import { narrowestType } from '../../../tables/narrowest-type.js';
import type { CellInput } from '../../../tables/parquet.js';
import { type Cell, numberIn, type WrittenRow, writtenText } from './read-rows.js';

/** Columns whose types follow from what stands in them. */
export interface TypedColumns {
  /** Column name -> DuckDB type, names sorted. */
  readonly types: { readonly [column: string]: string };
  /** In the order of the rows; a cell that says nothing is null. */
  readonly rows: readonly { readonly [column: string]: CellInput }[];
}

/**
 * The columns of rows but those named, each of the narrowest type that holds all of its cells: BOOLEAN, BIGINT, DOUBLE,
 * VARCHAR.
 *
 * @param isText the cells are texts, as in CSV, which may be written numbers
 * @param path of the file as the user knows it
 * @throws FailureError `bad-data` for a cell that holds a list or an object, and names that differ in case alone
 */
export function columnsTyped(
  rows: readonly WrittenRow[],
  isText: boolean,
  without: readonly string[],
  path: string,
): TypedColumns {
  const names = new Set(rows.flatMap(({ cells }) => Object.keys(cells)));
  const columns = [...names].filter((name) => !without.includes(name)).sort();
  if (names.has('')) throw badData(path, 'has a column without a name', { hint: 'name it, or leave it out' });
  refuseAlike([...without, ...columns], path);
  const typed = columns.map((column) => {
    for (const { cells, place } of rows) {
      if (typeof own(cells, column) === 'object' && own(cells, column) !== null) {
        throw badData(
          path,
          `${place}, column ${column}: ${writtenText(own(cells, column))} is no single value`,
          {
            hint: 'write a column for each value',
          },
        );
      }
    }
    return typedColumn(
      column,
      rows.map(({ cells }) => own(cells, column)),
      isText,
    );
  });
  return {
    types: Object.fromEntries(typed.map(({ column, type }) => [column, type])),
    rows: rows.map((_, row) => Object.fromEntries(typed.map(({ column, values }) => [column, values[row]]))),
  };
}

/** DuckDB takes names that differ in case alone for one. */
function refuseAlike(names: readonly string[], path: string): void {
  const spelled = new Map<string, string>();
  for (const name of names) {
    const other = spelled.get(name.toLowerCase());
    if (other !== undefined) {
      throw badData(path, `the columns ${other} and ${name} differ in case alone`, {
        hint: 'rename one of them',
      });
    }
    spelled.set(name.toLowerCase(), name);
  }
}

function typedColumn(column: string, cells: readonly Cell[], isText: boolean) {
  const values = isText ? readTexts(cells) : cells.map((cell) => cell ?? null);
  const { type, cell } = narrowestType(values);
  return { column, type, values: values.map(cell) };
}

/** What texts say where all of them say numbers or truth values; else as they are. A leading zero is no number's. */
function readTexts(cells: readonly Cell[]): readonly Json[] {
  const texts = cells.map((cell) => (cell === undefined || cell === '' ? null : String(cell)));
  const filled = texts.filter((text) => text !== null);
  if (filled.every((text) => /^(?:true|false)$/i.test(text))) {
    return texts.map((text) => text && text.toLowerCase() === 'true');
  }
  const isNumber = (text: string) => !/^[-+]?0\d/.test(text) && Number.isFinite(numberIn(text));
  return filled.every(isNumber) ? texts.map((text) => text && (numberIn(text) ?? null)) : texts;
}
