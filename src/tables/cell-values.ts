/** A number as it is; null where a cell holds none. */
export function numberOrNull(cell: unknown): number | null {
  return typeof cell === 'number' ? cell : null;
}

/** A text as it is; null where a cell holds none. */
export function textOrNull(cell: unknown): string | null {
  return typeof cell === 'string' ? cell : null;
}

/** The ends of an interval; null where one of them is none. */
export function endsOf(low: unknown, high: unknown): readonly [low: number, high: number] | null {
  return typeof low === 'number' && typeof high === 'number' ? [low, high] : null;
}
