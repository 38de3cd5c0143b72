/** What query pairs are grouped by, and the least that it can be. */
const least = { train_count: 0, prefix_length: 1, history_length: 0 } as const;

/** `train_count`, `prefix_length` or `history_length`. */
export type Grouping = keyof typeof least;

/** What query pairs are grouped by, in the order in which it is read. */
export const groupings = Object.keys(least) as readonly Grouping[];

/** Query pairs of which something lies within bounds. */
export interface PairGroup {
  readonly grouping: Grouping;
  readonly atLeast: number;
  /** Null where there is no upper bound. */
  readonly atMost: number | null;
  /** `never`, `1 to 9`, `10 or more`. */
  readonly name: string;
}

/** Where the groups after the first begin, or how many groups of about as many query pairs each there shall be. */
export type GroupBounds = number | readonly number[];

/**
 * The groups of a grouping, ascending; together they hold every pair once.
 *
 * @param values of each query pair, in any order: where as many groups are asked for, these decide where they begin.
 *   Equal values are never parted, so that there may be fewer groups; items that train never has are always a group.
 */
export function groupsOf(grouping: Grouping, bounds: GroupBounds, values: Int32Array): readonly PairGroup[] {
  const first = least[grouping];
  const starts = typeof bounds === 'number' ? evenStarts(grouping, bounds, values) : bounds;
  const later = [...new Set(starts)].filter((start) => start > first).sort((one, other) => one - other);
  return [first, ...later].map((atLeast, index) => {
    const next = later[index];
    const atMost = next === undefined ? null : next - 1;
    return { grouping, atLeast, atMost, name: nameOf(grouping, atLeast, atMost) };
  });
}

/** Whether a pair of which it is this much belongs to a group. */
export function isWithin({ atLeast, atMost }: PairGroup, value: number): boolean {
  return value >= atLeast && (atMost === null || value <= atMost);
}

function evenStarts(grouping: Grouping, count: number, values: Int32Array): readonly number[] {
  if (grouping !== 'train_count') return quantileStarts(count, values);
  const known = values.filter((value) => value > 0);
  return [1, ...quantileStarts(count, known)];
}

/** The values with which the second of so many equally large parts begins, and those after it. */
function quantileStarts(count: number, values: Int32Array): readonly number[] {
  const sorted = values.toSorted();
  return Array.from(
    { length: count - 1 },
    (_, index) => sorted[Math.floor(((index + 1) * sorted.length) / count)] ?? 0,
  ).filter((start) => start > (sorted[0] ?? 0));
}

function nameOf(grouping: Grouping, atLeast: number, atMost: number | null): string {
  if (atMost === null) return `${atLeast} or more`;
  if (grouping === 'train_count' && atMost === 0) return 'never';
  return atLeast === atMost ? String(atLeast) : `${atLeast} to ${atMost}`;
}
