import type { SessionSet } from '../data/read-sessions.js';

export interface NeighbourSearch {
  /** How many of the most similar sessions vote. */
  readonly neighbours: number;
  /** How many of the most recent sessions that share an item with the current one are looked at. */
  readonly sampleSize: number;
}

/**
 * Session-based nearest neighbours. Sessions are sets of items; the similarity of two is the cosine of their 0/1
 * vectors, |both| / sqrt(|one| * |other|). An item's score is the sum of the similarities of the neighbours that
 * hold it. Of equally similar sessions the more recent is nearer.
 *
 * Source: Ludewig and Jannach, "Evaluation of session-based recommendation algorithms" (2018), S-KNN.
 *
 * @returns every item's score, `[items]`, from the items of the current session
 */
export function createSessionKnn(
  { itemCount, sessions, items }: SessionSet,
  { neighbours, sampleSize }: NeighbourSearch,
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
  return (current) => {
    const distinct = new Set(Array.from(current));
    const shared = new Map<number, number>();
    for (const item of distinct) {
      for (const session of sessionsOf[item] ?? []) shared.set(session, (shared.get(session) ?? 0) + 1);
    }
    const nearest = [...shared.keys()]
      .sort((one, other) => one - other)
      .slice(0, sampleSize)
      .map((session) => {
        // A session that shares an item has one.
        const size = itemsOf[session]!.length;
        return { session, common: shared.get(session)!, size };
      })
      // By the square of the cosine, in whole numbers, so that equal ones are equal.
      .sort(
        (one, other) =>
          other.common ** 2 * one.size - one.common ** 2 * other.size || one.session - other.session,
      )
      .slice(0, neighbours);
    const scores = new Float64Array(itemCount);
    for (const { session, common, size } of nearest) {
      const similarity = common / Math.sqrt(distinct.size * size);
      for (const item of itemsOf[session]!) scores[item]! += similarity;
    }
    return scores;
  };
}
