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
export declare function createSessionKnn({ itemCount, sessions, items }: SessionSet, { neighbours, sampleSize }: NeighbourSearch): (current: ArrayLike<number>) => Float64Array;
