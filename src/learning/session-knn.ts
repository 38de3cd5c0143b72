import type { SessionSet } from '../data/read-sessions.js';

/** How alike two sessions are: what shared items weigh, over what it may be at most. */
const similarities = {
  cosine: {
    weightOf: (_place: number) => 1,
    /** What the square of the weight is compared over, for sessions of other sizes. */
    comparedOver: (size: number) => size,
    most: (distinct: number, _length: number, size: number) => Math.sqrt(distinct * size),
  },
  linear_decay: {
    weightOf: (place: number) => place,
    comparedOver: (_size: number) => 1,
    most: (_distinct: number, length: number, _size: number) => length,
  },
};

export interface NeighbourSearch {
  /** How many of the most similar sessions vote. */
  readonly neighbours: number;
  /** How many of the most recent sessions that share an item with the current one are looked at. */
  readonly sampleSize: number;
  /** `cosine` compares sets of items (S-KNN); `linear_decay` favours what came late in the current one (V-SKNN). */
  readonly similarity: keyof typeof similarities;
}

/**
 * Session-based nearest neighbours. Sessions are sets of items; the similarity of two is the cosine of their 0/1
 * vectors, |both| / sqrt(|one| * |other|) (S-KNN), or their dot product where an item of the current session weighs the
 * place of its last occurrence, from 1, over the length (V-SKNN). An item's score is the sum of the similarities of the
 * neighbours that hold it. Of equally similar sessions the more recent is nearer.
 *
 * Source: Ludewig and Jannach, "Evaluation of session-based recommendation algorithms" (2018), S-KNN and V-SKNN.
 *
 * @returns every item's score, `[items]`, from the items of the current session
 */
export function createSessionKnn(
  { itemCount, sessions, items }: SessionSet,
  { neighbours, sampleSize, similarity }: NeighbourSearch,
): (current: ArrayLike<number>) => Float64Array {
  const itemsOf: number[][] = [];
  const sessionsOf: number[][] = Array.from({ length: itemCount }, () => []);
  for (const [visit, session] of sessions.entries()) {
    // Both columns have one length, and items are below the count.
    const item = items[visit]!;
    const own = itemsOf[session];
    if (own === undefined) itemsOf[session] = [item];
    else own.push(item);
    sessionsOf[item]!.push(session);
  }
  const { weightOf, comparedOver, most } = similarities[similarity];
  return (current) => {
    /** The place of each item's last occurrence, from 1. */
    const places = new Map(Array.from(current, (item, index) => [item, index + 1]));
    /** What a session shares with the current one, in whole numbers, so that equal ones are equal. */
    const shared = new Map<number, number>();
    for (const [item, place] of places) {
      for (const session of sessionsOf[item] ?? []) {
        shared.set(session, (shared.get(session) ?? 0) + weightOf(place));
      }
    }
    const nearest = [...shared.keys()]
      .sort((one, other) => one - other)
      .slice(0, sampleSize)
      // A session that shares an item has one.
      .map((session) => ({ session, common: shared.get(session)!, size: itemsOf[session]!.length }))
      .sort(
        (one, other) =>
          other.common ** 2 * comparedOver(one.size) - one.common ** 2 * comparedOver(other.size) ||
          one.session - other.session,
      )
      .slice(0, neighbours);
    const scores = new Float64Array(itemCount);
    for (const { session, common, size } of nearest) {
      const share = common / most(places.size, current.length, size);
      for (const item of itemsOf[session]!) scores[item]! += share;
    }
    return scores;
  };
}
