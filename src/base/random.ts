import { createHash } from 'node:crypto';
import { canonicalText } from './canonical.js';
import { FailureError } from './failure.js';

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
export function randomStream(seed: number, purpose: string, index: number): RandomStream {
  if (!Number.isSafeInteger(index) || index < 0) throw bug(`a random stream has no index ${index}`);
  const digest = createHash('sha256')
    .update(canonicalText([seed, purpose]))
    .digest();
  const key = [digest.readUInt32LE(0), digest.readUInt32LE(4)] as const;
  const indexLow = index >>> 0;
  const indexHigh = Math.floor(index / 2 ** 32);

  let block = 0;
  let words: Words = [0, 0, 0, 0];
  let used = 4;

  const uint32 = (): number => {
    if (used === 4) {
      words = philox4x32([block >>> 0, Math.floor(block / 2 ** 32), indexLow, indexHigh], key);
      block += 1;
      used = 0;
    }
    // `used` is below 4 here.
    const word = words[used]!;
    used += 1;
    return word;
  };

  const float64 = (): number => {
    const high = uint32() >>> 5;
    const low = uint32() >>> 6;
    return (high * 2 ** 26 + low) / 2 ** 53;
  };

  const integer = (bound: number): number => {
    if (!Number.isInteger(bound) || bound < 1 || bound > 2 ** 32)
      throw bug(`no whole number is below ${bound}`);
    const limit = 2 ** 32 - (2 ** 32 % bound);
    let word = uint32();
    while (word >= limit) word = uint32();
    return word % bound;
  };

  const normal = (): number => {
    const radius = Math.sqrt(-2 * Math.log(1 - float64()));
    return radius * Math.cos(2 * Math.PI * float64());
  };

  const sampleWithoutReplacement = (size: number, count: number): number[] => {
    if (count > size) throw bug(`${count} of ${size} cannot be drawn without replacement`);
    // Fisher and Yates on 0 .. size - 1, of which only the displaced values are held.
    const displaced = new Map<number, number>();
    const drawn: number[] = [];
    for (let position = 0; position < count; position += 1) {
      const other = position + integer(size - position);
      drawn.push(displaced.get(other) ?? other);
      displaced.set(other, displaced.get(position) ?? position);
    }
    return drawn;
  };

  const shuffle = <Value>(values: readonly Value[]): Value[] =>
    // Every index drawn is one of the array's.
    sampleWithoutReplacement(values.length, values.length).map((position) => values[position]!);

  return { uint32, float64, integer, normal, shuffle, sampleWithoutReplacement };
}

/**
 * Philox4x32 with ten rounds: a bijection of the counter for every key, whose outputs pass as random.
 *
 * Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3" (SC11).
 */
export function philox4x32(counter: Words, key: readonly [number, number]): Words {
  let [c0, c1, c2, c3] = counter;
  let [k0, k1] = key;
  for (let round = 0; round < 10; round += 1) {
    const high0 = highProduct(0xd2511f53, c0);
    const low0 = Math.imul(0xd2511f53, c0);
    const high1 = highProduct(0xcd9e8d57, c2);
    const low1 = Math.imul(0xcd9e8d57, c2);
    c0 = (high1 ^ c1 ^ k0) >>> 0;
    c1 = low1 >>> 0;
    c2 = (high0 ^ c3 ^ k1) >>> 0;
    c3 = low0 >>> 0;
    k0 = (k0 + 0x9e3779b9) >>> 0;
    k1 = (k1 + 0xbb67ae85) >>> 0;
  }
  return [c0, c1, c2, c3];
}

/** The upper 32 bits of the product of two unsigned 32-bit numbers, through halves that doubles hold exactly. */
function highProduct(left: number, right: number): number {
  const leftLow = left & 0xffff;
  const leftHigh = left >>> 16;
  const rightLow = right & 0xffff;
  const rightHigh = right >>> 16;
  const middle = leftHigh * rightLow + ((leftLow * rightLow) >>> 16);
  const carry = leftLow * rightHigh + (middle % 0x10000);
  return leftHigh * rightHigh + Math.floor(middle / 0x10000) + Math.floor(carry / 0x10000);
}

function bug(message: string): FailureError {
  return new FailureError({ reason: 'bug', message });
}
