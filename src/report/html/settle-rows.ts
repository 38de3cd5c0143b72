import { greatest } from '../../base/extremes.js';

/** What takes its place in a row; sizes in CSS pixels. */
export interface RowItem {
  readonly width: number;
  /** To be kept free on both sides, half of it by each of two neighbours. */
  readonly gap: number;
  /** The middle; changed by settling. */
  x: number;
  /** What it is drawn towards, in other rows, and how strongly. */
  readonly pulls: { readonly to: RowItem; readonly weight: number }[];
}

const sweeps = 40;

/**
 * Moves the items of rows, in the order in which they stand, to where the sum of their weighted squared distances from
 * what pulls them is small, between 0 and `mostWidth`, or the width of the widest row. Each row in turn takes the best
 * places for where the others are, so that no turn makes the sum larger.
 */
export function settleRows(rows: readonly (readonly RowItem[])[], mostWidth: number): void {
  const width = greatest(rows.map(leastWidth), mostWidth);
  for (let sweep = 0; sweep < sweeps; sweep++) {
    for (const row of sweep % 2 === 0 ? rows : rows.toReversed()) settleRow(row, width);
  }
}

function settleRow(row: readonly RowItem[], width: number): void {
  const [first, last] = [row[0], row.at(-1)];
  if (first === undefined || last === undefined) return;
  const offsets = offsetsIn(row);
  // Less the offset, items in order with room between them are numbers that do not decrease.
  const wanted = row.map((item, index) => {
    const weight = item.pulls.reduce((sum, pull) => sum + pull.weight, 0);
    const pulled = item.pulls.reduce((sum, pull) => sum + pull.weight * pull.to.x, 0);
    const x = weight === 0 ? item.x : pulled / weight;
    return { value: x - (offsets[index] ?? 0), weight: Math.max(weight, leastWeight) };
  });
  const least = first.width / 2;
  const most = width - last.width / 2 - (offsets.at(-1) ?? 0);
  for (const [index, value] of nearestAscending(wanted).entries()) {
    const item = row[index];
    if (item !== undefined) item.x = Math.min(most, Math.max(least, value)) + (offsets[index] ?? 0);
  }
}

/** Of an item that nothing pulls, which so makes way for the others. */
const leastWeight = 1e-3;

/** How far the middle of each item is from that of the first, at the least. */
function offsetsIn(row: readonly RowItem[]): readonly number[] {
  let offset = 0;
  return row.map((item, index) => {
    const before = row[index - 1];
    if (before !== undefined) offset += (before.width + before.gap + item.gap + item.width) / 2;
    return offset;
  });
}

function leastWidth(row: readonly RowItem[]): number {
  return ((row[0]?.width ?? 0) + (row.at(-1)?.width ?? 0)) / 2 + (offsetsIn(row).at(-1) ?? 0);
}

/** The numbers that do not decrease and are nearest to those given, by weighted least squares: pool adjacent violators. */
export function nearestAscending(
  given: readonly { readonly value: number; readonly weight: number }[],
): readonly number[] {
  const pools: { value: number; weight: number; count: number }[] = [];
  for (const { value, weight } of given) {
    let pool = { value, weight, count: 1 };
    for (
      let before = pools.at(-1);
      before !== undefined && before.value > pool.value;
      before = pools.at(-1)
    ) {
      const sum = before.weight + pool.weight;
      pool = {
        value: (before.value * before.weight + pool.value * pool.weight) / sum,
        weight: sum,
        count: before.count + pool.count,
      };
      pools.pop();
    }
    pools.push(pool);
  }
  return pools.flatMap(({ value, count }) => Array.from({ length: count }, () => value));
}
