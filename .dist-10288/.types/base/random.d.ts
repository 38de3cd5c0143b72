/** Four 32-bit words, unsigned. */
export type Words = readonly [number, number, number, number];
/** Draws that depend on nothing but what the stream was made from and how many came before. */
export interface RandomStream {
    /** Uniform over 0 .. 2^32 - 1. */
    uint32(): number;
    /** Uniform over the multiples of 2^-53 in [0, 1). */
    float64(): number;
    /** Uniform over 0 .. bound - 1, without bias; `bound` is a whole number from 1 to 2^32. */
    integer(bound: number): number;
    /** Standard normal (Box and Muller). */
    normal(): number;
    /** The values in an order drawn uniformly; the argument stays as it is. */
    shuffle<Value>(values: readonly Value[]): Value[];
    /** `count` distinct indices below `size`, in an order drawn uniformly; time and memory grow with `count` only. */
    sampleWithoutReplacement(size: number, count: number): number[];
}
/**
 * The stream of draws for one purpose at one index (an iteration, a user, an episode). Streams of other seeds,
 * purposes or indices are independent of it, and it costs nothing to start at any index, so a resumed run draws
 * what a run never stopped would have drawn.
 *
 * Philox4x32-10 under a key made of the seed and the purpose; the counter is the index and, below it, the block.
 *
 * @param index a whole number from 0 to 2^53 - 1.
 */
export declare function randomStream(seed: number, purpose: string, index: number): RandomStream;
/**
 * Philox4x32 with ten rounds: a bijection of the counter for every key, whose outputs pass as random.
 *
 * Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3" (SC11).
 */
export declare function philox4x32(counter: Words, key: readonly [number, number]): Words;
