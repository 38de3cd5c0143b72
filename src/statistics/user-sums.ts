import type { Metric } from './metrics.js';

/** What query pairs come to for each of their users; users stand in the order of the bytes of their ids. */
export interface UserSums {
  /** `[users]` query pairs of each user. */
  readonly counts: Float64Array;
  /** For each metric, in the order given: `[users]` its sum over each user's pairs. */
  readonly sums: readonly Float64Array[];
}

/**
 * Sums metrics over each user's query pairs, in the order of the pairs.
 *
 * @param users the user of each pair
 * @param ranks the rank of each pair's item, from 1
 */
export function userSums(
  { users, ranks }: { readonly users: readonly string[]; readonly ranks: ArrayLike<number> },
  metrics: readonly Pick<Metric, 'gain'>[],
): UserSums {
  const places = placesOf(users);
  const perUser = (cellOf: (row: number) => number): Float64Array => {
    const sums = new Float64Array(places.size);
    // Every user has a place.
    for (const [row, user] of users.entries()) sums[places.get(user)!]! += cellOf(row);
    return sums;
  };
  return {
    counts: perUser(() => 1),
    sums: metrics.map(({ gain }) => perUser((row) => gain(ranks[row] ?? Number.NaN))),
  };
}

function placesOf(users: readonly string[]): ReadonlyMap<string, number> {
  const distinct = [...new Set(users)].map((user) => ({ user, bytes: Buffer.from(user) }));
  distinct.sort((one, other) => one.bytes.compare(other.bytes));
  return new Map(distinct.map(({ user }, place) => [user, place]));
}
