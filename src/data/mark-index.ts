import type { Database } from '../tables/database.js';

/**
 * Numbers names by their marks: 53 bits of a hash, which DuckDB works out once for each name in a group of rows, where
 * it would look up an ENUM for each row.
 */
export interface MarkIndex {
  /** SQL for the mark of a row's name. */
  readonly sql: string;
  /** Writes the number of the name in each of the first rows of a column of marks, all of which must be known. */
  find(marks: Float64Array, rows: number, numbers: Int32Array): void;
}

/**
 * Numbers the names in a column from 0 on, in the order of the rows.
 *
 * @param rows what stands after FROM; each name once
 */
export async function indexMarks(database: Database, column: string, rows: string): Promise<MarkIndex> {
  for (let seed = 0; ; seed++) {
    const sql = markOf(column, seed);
    const { mark } = await database.columns(`SELECT ${sql} AS mark FROM ${rows}`);
    const find = indexOf(mark as Float64Array);
    if (find !== undefined) return { sql, find };
  }
}

/** Names that share a mark with one seed have others with the next. */
function markOf(column: string, seed: number): string {
  return `(hash(${column}, ${seed}) >> 11)::DOUBLE`;
}

/** An open-addressed table of where each mark stands; undefined where one comes twice. */
export function indexOf(marks: Float64Array): MarkIndex['find'] | undefined {
  const size = 2 ** Math.ceil(Math.log2(2 * marks.length + 1));
  const last = size - 1;
  const keys = new Float64Array(size).fill(-1);
  const places = new Int32Array(size);
  const lows = lowBits(marks);
  for (const [place, mark] of marks.entries()) {
    let slot = (lows[2 * place] ?? 0) & last;
    while (keys[slot] !== -1) {
      if (keys[slot] === mark) return undefined;
      slot = (slot + 1) & last;
    }
    keys[slot] = mark;
    places[slot] = place;
  }
  return (column, rows, numbers) => {
    const columnLows = lowBits(column);
    for (let row = 0; row < rows; row++) {
      const mark = column[row];
      let slot = (columnLows[2 * row] ?? 0) & last;
      while (keys[slot] !== mark && keys[slot] !== -1) slot = (slot + 1) & last;
      numbers[row] = places[slot] ?? 0;
    }
  };
}

/** The halves of each number's 64 bits, the lower one, which is as good as random, first. */
function lowBits(numbers: Float64Array): Int32Array {
  return new Int32Array(numbers.buffer, numbers.byteOffset, 2 * numbers.length);
}
