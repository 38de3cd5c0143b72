import { greatest, least } from '../../../base/extremes.js';
import { formatCount, formatFigure } from '../../../base/quantities.js';

/** `0.4453 [0.391, 0.496]` */
export function metricText(value: number, low: number | null, high: number | null): string {
  const text = value.toFixed(4);
  return low === null || high === null ? text : `${text} [${low.toFixed(3)}, ${high.toFixed(3)}]`;
}

/**
 * `Role test; n = 530 query pairs of 53 users`, with a range where settings differ in it; of what a program measured, as
 * far as it told.
 */
export function sampleText(
  role: string | null,
  rows: readonly { readonly n: number | null; readonly users: number | null }[],
): string {
  const range = (values: readonly (number | null)[]) => {
    const known = values.filter((value) => value !== null);
    const [low, high] = [least(known), greatest(known)];
    return known.length === 0 ? undefined : low === high ? formatFigure(low) : `${low} to ${high}`;
  };
  const [n, users] = [range(rows.map((row) => row.n)), range(rows.map((row) => row.users))];
  const counted =
    users === undefined ? '' : ` query pairs of ${users === '1' ? formatCount(1, 'user') : `${users} users`}`;
  const split = role === null ? 'No split' : `Role ${role}`;
  return n === undefined && users === undefined ? split : `${split}; n = ${n ?? '?'}${counted}`;
}

/** A sentence that says how many of all are drawn, with a space before it; empty where they are all. */
export function firstOf(drawn: number, all: number): string {
  return drawn >= all ? '' : ` The first ${drawn} of ${all} are drawn.`;
}

/** Distinct values, ascending. */
export function distinct<Value extends number | string>(
  values: Iterable<Value | null | undefined>,
): readonly Value[] {
  const found = new Set([...values].filter((value) => value !== null && value !== undefined));
  return [...found].sort((one, other) =>
    typeof one === 'number' && typeof other === 'number' ? one - other : String(one) < String(other) ? -1 : 1,
  );
}
