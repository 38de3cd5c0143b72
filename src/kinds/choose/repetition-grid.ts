/** One measurement by two names of repetition, such as seed and fold. */
export interface GridPoint {
  readonly row: string;
  readonly column: string;
}

/**
 * All points that there should be: every row with every column, where they are crossed. Where each row has columns of its
 * own (a fold that was trained from a seed of its own), or the other way round, those that there are.
 */
export function wholeGrid(points: readonly GridPoint[]): readonly GridPoint[] {
  const rows = [...new Set(points.map(({ row }) => row))];
  const columns = [...new Set(points.map(({ column }) => column))];
  const distinct = new Set(points.map(({ row, column }) => JSON.stringify([row, column])));
  if (distinct.size <= Math.max(rows.length, columns.length)) return points;
  return rows.flatMap((row) => columns.map((column) => ({ row, column })));
}
